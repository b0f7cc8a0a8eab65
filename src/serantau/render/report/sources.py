"""Where the figures come from and on which terms: attribution is owed wherever they are passed on."""

from __future__ import annotations

from collections.abc import Iterator

from serantau.measure.indicators import Role
from serantau.render.report.material import Material
from serantau.render.report.model import Block, Column, Heading, Paragraph, Table


def sources(material: Material, *, brief: bool) -> Iterator[Block]:
    """Tables of figures with licence and attribution; in a full report each source of a scored indicator too."""
    _ = material.words.gettext
    yield Heading(_("Sources and licences"))
    if brief:
        said = [f"{one.attribution} ({one.licence})" for one in material.measure.tables]
        text = _("Figures: %s. The words of this report: %s.")
        yield Paragraph(text % ("; ".join(said), material.region.profile.facts_licence), "small")
        return
    columns = (Column(_("Table")), Column(_("Licence"), share=1.4), Column(_("Attribution"), share=2.6))
    rows = tuple((one.file.rpartition("/")[2], one.licence, one.attribution) for one in material.measure.tables)
    if rows:
        yield Table(_("Tables of figures"), columns, rows)
    yield Paragraph(_("The words of this report: %s.") % material.region.profile.facts_licence, "small")
    used = tuple(_used(material))
    if used:
        names = (Column(_("Source"), share=1.4), Column(_("Indicators")))
        yield Table(_("Sources of the scored indicators"), names, used)


def _used(material: Material) -> Iterator[tuple[str, str]]:
    """Each source of a figure that a score rests on, with the indicators."""
    _ = material.words.gettext
    members = (material.member,) if material.member else material.members
    found: dict[str, dict[str, None]] = {}
    for one in material.measure.indicators:
        if one.role is not Role.SCORE:
            continue
        figures = [
            cell.figure for m in members if (cell := material.standing.cells.get((m.id, one.id))) and cell.figure
        ]
        for name in dict.fromkeys(row.source for figure in figures for row in figure.observations):
            title = material.source_title(name) or _("recalled, no document")
            found.setdefault(title, {})[one.name] = None
    for title, indicators in sorted(found.items()):
        yield title, "; ".join(indicators)
