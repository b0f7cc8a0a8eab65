"""The pages: overview, outcome, member, indicator."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from serantau.web.config.access import Role, access
from serantau.web.measure.marks import MARKS
from serantau.web.measure.notes import notes
from serantau.web.measure.overview import member_rows, outcome_on_map, outcome_views, tiles
from serantau.web.site.answering import answering
from serantau.web.site.frame import page
from serantau.web.site.question import Question


@access(Role.PUBLIC)
@answering("map")
def overview(request: HttpRequest, question: Question) -> HttpResponse:
    """Members by outcomes, the map, and what has no score and why."""
    members = question.answers.members(question.asof)
    standing = question.answers.standing(question.plan, question.asof)
    outcomes = outcome_views(question, standing)
    shown = outcome_on_map(question, outcomes)
    context = {
        "standing": standing,
        "members": members,
        "outcomes": outcomes,
        "scored_count": sum(view.scored for view in outcomes),
        "notes": notes(question),
        "rows": member_rows(standing, members, outcomes) if standing else (),
        "map_outcome": shown,
        "tiles": tiles(standing, members, shown.outcome.id) if shown else (),
        "marks": MARKS.values(),
    }
    return page(request, question, "measure/overview.html", context)
