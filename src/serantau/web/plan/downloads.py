"""Actions and meetings as files."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from serantau.plan.facts import PlanFacts
from serantau.web.api.rows import encode, head
from serantau.web.api.tables import Row, csv_bytes
from serantau.web.config.access import Role, access
from serantau.web.measure.downloads import CSV, KINDS
from serantau.web.site.answering import answering
from serantau.web.site.question import Question

ACTIONS = (
    "plan",
    "outcome",
    "action",
    "code",
    "title",
    "numbering_certain",
    "needs",
    "unlocks",
    "priority",
    "horizon",
    "window_start",
    "window_end",
    "lead",
    "confidence",
    "source",
    "grade",
    "known",
    "note",
    "edition",
)
MEETINGS = (
    "meeting",
    "body",
    "number",
    "start",
    "end",
    "place",
    "host",
    "chair",
    "vice_chair",
    "theme",
    "declarations",
    "outputs",
    "source",
    "grade",
    "known",
    "note",
    "edition",
)


@access(Role.PUBLIC)
@answering()
def actions_file(request: HttpRequest, question: Question, form: str) -> HttpResponse:
    """The actions of a plan with what is held of each."""
    plans = question.answers.bundle.plans
    rows = [_action_row(question, plans, one.id) for one in plans.actions(question.plan.id, question.asof)]
    return _file(question, form, f"actions-{question.plan.id}", ACTIONS, rows)


@access(Role.PUBLIC)
@answering()
def meetings_file(request: HttpRequest, question: Question, form: str) -> HttpResponse:
    """The meetings up to the day of the question, with what they declared and produced."""
    plans, asof = question.answers.bundle.plans, question.asof
    rows = [
        {
            **{name: getattr(one, name, None) for name in MEETINGS},
            "meeting": one.id,
            "declarations": tuple(row.title for row in plans.declarations(one.id, asof)),
            "outputs": tuple(
                f"{row.title} ({row.verb})" if row.verb else row.title for row in plans.outputs(one.id, asof)
            ),
            "edition": question.answers.edition,
        }
        for one in plans.meetings(asof)
    ]
    return _file(question, form, "meetings", MEETINGS, rows)


def _action_row(question: Question, plans: PlanFacts, name: str) -> Row:
    one, priority = plans.action(name), plans.priority(name, question.asof)
    said = {key: getattr(priority, key, None) for key in ("priority", "horizon", "window_start", "window_end", "lead")}
    return {
        **{key: getattr(one, key, None) for key in ACTIONS},
        **said,
        "action": one.id,
        "needs": one.depends_on,
        "unlocks": tuple(other.id for other in plans.unlocks(one.id, question.asof)),
        "edition": question.answers.edition,
    }


def _file(question: Question, form: str, name: str, columns: Sequence[str], rows: Sequence[Row]) -> HttpResponse:
    if form == CSV:
        body = csv_bytes(columns, rows)
    else:
        sources = {str(row["source"]) for row in rows}
        body = encode({**head(question, sources=sources), "columns": columns, "rows": rows})
    response = HttpResponse(body, content_type=KINDS[form])
    response["Content-Disposition"] = f'attachment; filename="{name}-{question.asof.valid}.{form}"'
    return response
