"""Routes of the forum."""

from __future__ import annotations

from django.urls import path

from serantau.web.forum.views import consultations, desk, meetings, papers

app_name = "forum"
urlpatterns = [
    path("", desk.home, name="home"),
    path("meetings.ics", desk.calendar, name="calendar"),
    path("bodies/new/", desk.new_body, name="new-body"),
    path("bodies/<int:number>/", desk.body, name="body"),
    path("bodies/<int:number>/rules/", desk.state_rules, name="rules"),
    path("bodies/<int:body>/convene/", meetings.convene, name="convene"),
    path("bodies/<int:body>/write/", papers.begin, name="begin"),
    path("meetings/<int:number>/", meetings.meeting, name="meeting"),
    path("meetings/<int:number>/brief.<str:form>", meetings.brief, name="brief"),
    path("meetings/<int:number>/<str:kind>.<str:form>", meetings.document, name="document"),
    path("meetings/<int:number>/<str:what>/", meetings.change, name="change-meeting"),
    path("bodies/<int:body>/consult/", consultations.begin, name="consult"),
    path("consultations/", consultations.listing, name="consultations"),
    path("consultations/<int:number>/", consultations.consultation, name="consultation"),
    path("consultations/<int:number>/answer/", consultations.answer, name="answer"),
    path("consultations/<int:number>/summary/", consultations.summarise, name="summarise"),
    path("consultations/<int:number>/publish/", consultations.publish, name="publish-summary"),
    path("consultations/<int:number>/answers/<int:answer>/erase/", consultations.erase, name="erase-answer"),
    path("papers/<int:number>/", papers.paper, name="paper"),
    path("papers/<int:number>/edit/", papers.edit, name="edit"),
    path("papers/<int:number>/act/<str:act>/", papers.do, name="do"),
    path("papers/<int:number>/position/", papers.position, name="position"),
    path("papers/<int:number>/comment/", papers.comment, name="comment"),
    path("papers/<int:number>/share/", papers.share, name="share"),
    path("papers/<int:number>/publish/", papers.publish, name="publish"),
    path("papers/<int:number>/versions/<int:version>/", papers.version, name="version"),
    path("papers/<int:number>/versions/<int:before>/<int:after>/", papers.compare, name="compare"),
]
