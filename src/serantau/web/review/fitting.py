"""Whether facts fit to everything else that is held: the whole region is loaded with them, as every command does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from serantau.base import PartialDate, SerantauError
from serantau.bundle import load_bundle
from serantau.facts import Decision, Entry, FactError
from serantau.facts.accepted import entry_files
from serantau.review import Context, ReviewError
from serantau.review.acceptance import fact_files
from serantau.web.bundles import keeper
from serantau.web.review.kinds import all_kinds
from serantau.web.review.models import Submission
from serantau.web.review.register import accepted_files


def files_of(submission: Submission, day: date) -> dict[str, bytes]:
    """The fact files that a submission would become.

    Raises:
        ReviewError: if a record is wrong.
    """
    items: dict[str, list[dict[str, object]]] = {}
    for item in submission.items.all():
        items.setdefault(item.kind, []).append(item.raw)
    region = keeper().answers().bundle.region
    names = {one.id: one.name for one in (*region.members, *region.partners)}
    name = names.get(submission.party, submission.party)
    context = Context(submission.party, submission.pk, day)
    return fact_files(items, all_kinds(), context, name, submission.licence)


def entry_of(number: int, decision: Decision, submission: Submission, day: date) -> Entry:
    """A decision as the register's folder names it."""
    return Entry(
        number=number,
        decision=decision,
        submission=submission.pk,
        member=submission.party,
        day=PartialDate.parse(day.isoformat()),
    )


def refuse_unfit(entry: Entry, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Load the region with a decision laid over all before it; return the decision's files.

    Raises:
        ReviewError: if the facts contradict what is held, with every contradiction.
    """
    new = entry_files(entry, files)
    try:
        load_bundle(keeper().root, accepted=accepted_files(entry.number - 1) | new)
    except FactError as error:
        raise ReviewError(
            _("These facts do not fit to what is held, so nothing was changed."), error.problems
        ) from error
    except (SerantauError, OSError) as error:
        raise ReviewError(_("The region's own facts do not load at the moment. Nothing was changed.")) from error
    return new
