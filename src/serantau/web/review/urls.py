"""Routes of the review."""

from __future__ import annotations

from django.urls import path

from serantau.web.review.views import desk, records, rounds, submission

app_name = "review"
urlpatterns = [
    path("", desk.todo, name="todo"),
    path("submissions/", desk.submissions, name="submissions"),
    path("submissions/new/", desk.begin, name="begin"),
    path("submissions/<int:number>/", submission.submission, name="submission"),
    path("submissions/<int:number>/act/<str:act>/", submission.do, name="do"),
    path("submissions/<int:number>/records/<str:kind>.<str:form>", submission.records, name="records"),
    path("submissions/<int:number>/add/<str:kind>/", records.add, name="add"),
    path("submissions/<int:number>/upload/<str:kind>/", records.upload, name="upload"),
    path("submissions/<int:number>/take/", records.take, name="take"),
    path("submissions/<int:number>/record/<int:position>/", records.edit, name="edit"),
    path("submissions/<int:number>/record/<int:position>/remove/", records.remove, name="remove"),
    path("submissions/<int:number>/files/", records.attach, name="attach"),
    path("submissions/<int:number>/files/<int:file>/", records.attachment, name="attachment"),
    path("submissions/<int:number>/files/<int:file>/remove/", records.detach, name="detach"),
    path("templates/<str:kind>.xlsx", records.blank, name="template"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/new/", rounds.open_round, name="open-round"),
    path("rounds/<int:number>/", rounds.one_round, name="round"),
    path("rounds/<int:number>/move/", rounds.move_round, name="move-round"),
    path("calendar/", rounds.calendar, name="calendar"),
    path("calendar/<str:secret>.ics", rounds.calendar_file, name="calendar-file"),
]
