"""Write docs/reference/indicators.md from the facts of the region that ships: `python scripts/indicators_reference.py`."""

from __future__ import annotations

from pathlib import Path

from serantau.bundle import Bundle, default_region, load_bundle
from serantau.measure.indicators import Goalposts, Indicator, Role

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "indicators.md"

HEAD = """\
# Indicators of the region that ships

Written by `python scripts/indicators_reference.py` from `indicators/indicators.yaml`; do not edit it here. The reason why an
indicator is scored or not is the note in that file, and on its page of the site. Words: [a region's files](../guide/region.md).

"""


def page(bundle: Bundle) -> str:
    """The whole page."""
    indicators = bundle.measure.indicators
    outcomes = {outcome.id: f"{outcome.code}: {outcome.title}" for outcome in bundle.plans.all_outcomes}
    years = _years(bundle)
    parts = [HEAD, _summary(indicators), "\n"]
    for outcome in dict.fromkeys(indicator.outcome for indicator in indicators):
        mine = [indicator for indicator in indicators if indicator.outcome == outcome]
        parts.append(f"## {outcomes.get(outcome, 'Context and denominators')}\n\n")
        for role, title in (
            (Role.SCORE, "Scored"),
            (Role.FIGURE, "Shown"),
            (Role.INPUT, "Inputs"),
            (Role.SLOT, "Wanted"),
        ):
            chosen = [indicator for indicator in mine if indicator.role is role]
            if chosen:
                parts.append(_scored(chosen, years) if role is Role.SCORE else _listed(title, chosen, years))
    return "".join(parts).rstrip("\n") + "\n"


def _years(bundle: Bundle) -> dict[str, tuple[int, int, int]]:
    """First year, last year and number of members by indicator; of a derived one, those of its numerator."""
    rows: dict[str, list[tuple[int, str]]] = {}
    for row in bundle.measure.observations:
        rows.setdefault(row.indicator, []).append((row.year, row.member))
    for indicator in bundle.measure.indicators:
        if indicator.ratio is not None:
            rows[indicator.id] = rows[indicator.ratio.numerator]
    return {
        name: (min(year for year, _ in found), max(year for year, _ in found), len({member for _, member in found}))
        for name, found in rows.items()
    }


def _summary(indicators: tuple[Indicator, ...]) -> str:
    count = {role: sum(indicator.role is role for indicator in indicators) for role in Role}
    return (
        f"{len(indicators)} indicators: {count[Role.SCORE]} scored, {count[Role.FIGURE]} shown and not scored, "
        f"{count[Role.INPUT]} from which others are derived, {count[Role.SLOT]} wanted, of which no rows are kept.\n"
    )


def _scored(indicators: list[Indicator], years: dict[str, tuple[int, int, int]]) -> str:
    lines = ["| scored | unit | better | 0 | 100 | basis | years | members |", "|---|---|---|---|---|---|---|---|"]
    for indicator in indicators:
        posts = indicator.goalposts
        assert posts is not None
        cells = [
            _name(indicator),
            indicator.unit,
            indicator.direction.value,
            *_ends(posts),
            *_coverage(indicator, years),
        ]
        lines.append(_row(cells))
    return "\n".join(lines) + "\n\n"


def _listed(title: str, indicators: list[Indicator], years: dict[str, tuple[int, int, int]]) -> str:
    lines = [f"| {title.lower()} | unit | better | years | members |", "|---|---|---|---|---|"]
    for indicator in indicators:
        cells = [_name(indicator), indicator.unit, indicator.direction.value, *_coverage(indicator, years)]
        lines.append(_row(cells))
    return "\n".join(lines) + "\n\n"


def _name(indicator: Indicator) -> str:
    return f"{indicator.name}<br>`{indicator.id}`"


def _ends(posts: Goalposts) -> list[str]:
    scale = " (log)" if posts.scale.value == "log" else ""
    return [f"{posts.low:g}", f"{posts.high:,.6g}{scale}", posts.basis.value]


def _coverage(indicator: Indicator, years: dict[str, tuple[int, int, int]]) -> list[str]:
    if indicator.id not in years:
        return ["none kept", "0"]
    first, last, members = years[indicator.id]
    return [str(first) if first == last else f"{first}-{last}", str(members)]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(load_bundle(default_region())), encoding="utf-8")
