"""Routes of the cooperation."""

from __future__ import annotations

from django.urls import path

from serantau.web.cooperation.views import cases, directory, inbox, questions

app_name = "cooperation"
urlpatterns = [
    path("", inbox.home, name="home"),
    path("notices/<str:ref>/", inbox.notice, name="notice"),
    path("notices/<str:ref>/answer/", inbox.answer, name="answer-notice"),
    path("cases/", cases.index, name="cases"),
    path("cases/new/", cases.new, name="new-case"),
    path("cases/<str:ref>/", cases.case, name="case"),
    path("cases/<str:ref>/note/", cases.note, name="note"),
    path("cases/<str:ref>/act/<str:act>/", cases.do, name="do"),
    path("questions/", questions.index, name="questions"),
    path("questions/new/", questions.new, name="new-question"),
    path("questions/<str:ref>/", questions.question, name="question"),
    path("questions/<str:ref>/answer/", questions.answer, name="answer-question"),
    path("questions/<str:ref>/close/", questions.close, name="close-question"),
    path("directory/", directory.index, name="directory"),
    path("team/", directory.team, name="team"),
    path("team/contacts/<str:ref>/", directory.contact, name="contact"),
    path("team/contacts/<str:ref>/<str:what>/", directory.change_contact, name="change-contact"),
    path("team/hooks/<str:ref>/", directory.hook, name="hook"),
    path("clearances/", directory.people, name="clearances"),
    path("ceilings/", directory.ceilings, name="ceilings"),
]
