"""Composes a report from its material: position, change, gaps, decisions due, promises and their state.

Nothing is computed here that an engine has not said, and what is not known is said to be not known.
"""

from __future__ import annotations

from collections.abc import Iterator

from serantau.languages import SOURCE
from serantau.render.report.gaps import due, missing
from serantau.render.report.material import Material
from serantau.render.report.model import Block, Bullets, Heading, Paragraph, Report
from serantau.render.report.position import changes, picture, position, summary
from serantau.render.report.promises import promises
from serantau.render.report.sources import sources

YEARS_ALSO = frozenset({"th", "lo", "km", "my"})
"""Languages whose readers also count years from the Buddhist era."""


def compose(material: Material, *, brief: bool = False) -> Report:
    """Compose a report.

    Args:
        material: What it rests on.
        brief: For a minister: two pages instead of everything.
    """
    _ = material.words.gettext
    region, plan = material.region.profile, material.plan
    who = material.member.name if material.member else region.name
    title = (_("Brief: %(who)s and the %(plan)s") if brief else _("Report: %(who)s and the %(plan)s")) % {
        "who": who,
        "plan": plan.title,
    }
    years = f"{material.period.start.year}–{material.period.end.year}"
    about = _("%(region)s, %(plan)s, %(years)s") % {
        "region": region.short_name,
        "plan": plan.short_name,
        "years": years,
    }
    return Report(
        title=title,
        subtitle=about,
        language=material.words.tag,
        day=material.asof.valid,
        author=f"Serantau: {region.name}",
        facts=tuple(_facts(material)),
        blocks=tuple(_blocks(material, brief=brief)),
        foot=_("Serantau, edition %(edition)s. The same question to the same edition gives the same report.")
        % {"edition": material.edition},
        page_words=_("Page {page} of {pages}"),
        brief=brief,
    )


def _facts(material: Material) -> Iterator[tuple[str, str]]:
    _ = material.words.gettext
    yield _("As of"), material.day(material.asof.valid)
    newest = material.asof.known.year == 9999
    yield _("As known on"), _("newest knowledge") if newest else material.day(material.asof.known)
    yield _("Edition of the facts"), material.edition


def _blocks(material: Material, *, brief: bool) -> Iterator[Block]:
    yield from _notices(material)
    yield Heading(material.words.gettext("In short"))
    yield Bullets(tuple(summary(material)))
    yield from position(material, brief=brief)
    if not brief:
        yield from picture(material)
    yield from changes(material, brief=brief)
    yield from missing(material, brief=brief)
    yield from due(material, brief=brief)
    yield from promises(material, brief=brief)
    if not brief:
        yield from _method(material)
    yield from sources(material, brief=brief)


def _notices(material: Material) -> Iterator[Paragraph]:
    _ = material.words.gettext
    said = []
    if material.words.tag != SOURCE and not material.reviewed:
        said.append(_("This translation has not been reviewed yet; the original text is the one to quote."))
    if material.words.tag.partition("-")[0] in YEARS_ALSO:
        said.append(_("Years are those of the common era (Gregorian calendar)."))
    if said:
        yield Paragraph(" ".join(said), "notice")


def _method(material: Material) -> Iterator[Block]:
    _ = material.words.gettext
    index = material.standing.index
    number = material.formats.number
    yield Heading(_("How it is measured"))
    yield Paragraph(
        _(
            "A score runs from 0 to 100 between fixed goalposts, each stated with its basis on the page of its indicator. "
            "An outcome with fewer than %(least)s digital indicators has figures and no score. A figure older than "
            "%(window)s years is not used, one older than %(old)s years is marked old."
        )
        % {"least": index.min_digital, "window": index.window_years, "old": index.old_after_years}
    )
    if material.standing.robustness:
        draws = max(one.replicates for one in material.standing.robustness.values())
        yield Paragraph(
            _(
                "The interval beside a rank holds 90 % of {draws} draws over other weights, scales and means. It says "
                "nothing of errors in the figures."
            ).replace("{draws}", number(draws, 0))
        )
    yield Paragraph(
        _(
            "Tree, weights and thresholds are the project's own unless a source is named. A target has a source, or "
            "there is none."
        )
    )
