"""A region's whole bundle, as the doors use it: who, what was agreed, how far.

Rooms do not import each other; what joins them is checked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from serantau.base import suggest
from serantau.facts import Edition, FactFolder, Source
from serantau.forum.registers import RegisterFacts, load_registers
from serantau.forum.registers.facts import named_of
from serantau.govern import LawFacts, load_law
from serantau.govern.model import TermKind
from serantau.govern.scan.load import check_members, load_handling
from serantau.govern.scan.model import HandlingFacts
from serantau.languages import LanguageFacts
from serantau.languages.load import load_languages
from serantau.measure.assessment import Period
from serantau.measure.load import MeasureFacts, load_measure
from serantau.plan import Plan, PlanFacts, load_plans
from serantau.region import Region, load_region
from serantau.spectrum.load import load_spectrum
from serantau.spectrum.model import Award, Complete, Holding, Policy, Population, SpectrumFacts, Subscribers, Total
from serantau.translation import Names, check_languages, names_of, translated

SHIPPED = Path(__file__).parent / "regions"
PUBLISHED = "published.txt"


@dataclass(frozen=True)
class Bundle:
    """Everything that is so in one region, and the edition that names it."""

    root: Path
    edition: Edition
    sources: dict[str, Source]
    region: Region
    plans: PlanFacts
    measure: MeasureFacts
    spectrum: SpectrumFacts = field(default_factory=SpectrumFacts)
    law: LawFacts | None = None
    handling: HandlingFacts = field(default_factory=HandlingFacts)
    registers: RegisterFacts = field(default_factory=RegisterFacts)
    languages: dict[str, LanguageFacts] = field(default_factory=dict)

    @property
    def homes(self) -> dict[str, str]:
        """For each member whose law is held, its ISO alpha-2 code."""
        held = () if self.law is None else self.law.members
        return {member.id: member.alpha2 for member in self.region.members if member.id in held}

    def names(self) -> Names:
        """What a file of a language translates: texts by kind and id."""
        return names_of(self.region, self.plans, self.measure)

    def in_language(self, tag: str) -> Bundle:
        """The same facts with their names and titles in a language, as far as the region's folder has them."""
        facts = self.languages.get(tag)
        if facts is None:
            return self
        region, plans, measure = translated(self.region, self.plans, self.measure, facts)
        return replace(self, region=region, plans=plans, measure=measure)


def default_region() -> Path:
    """The region that ships with the project: the first folder below ``regions``."""
    return min(path for path in SHIPPED.iterdir() if (path / "region.yaml").is_file())


def load_bundle(root: Path, own: Path | None = None, accepted: Mapping[str, bytes] | None = None) -> Bundle:
    """Load a region's folder, whole or not at all.

    Args:
        root: The region's folder.
        own: A folder with observation files of the user's own, which may not be redistributed; they count towards
            the edition, and their rows carry the flag ``own``.
        accepted: Files of accepted submissions that are not (or not yet) below ``accepted/`` in the folder.

    Raises:
        FactError: with every problem of every file.
    """
    folder = FactFolder(root, own, accepted)
    region = load_region(folder)
    plans = load_plans(folder)
    measure = load_measure(folder)
    spectrum = load_spectrum(folder)
    law = load_law(folder)
    handling = load_handling(folder) or HandlingFacts()
    registers = load_registers(folder)
    languages = load_languages(folder)
    bundle: Bundle | None = None
    if plans is None:
        folder.report("plan/plans.yaml", "the file is missing.", "Add it; docs/guide/region.md lists the files.")
    if region is not None and plans is not None and measure is not None:
        bundle = Bundle(
            root=root,
            edition=folder.edition,
            sources=folder.sources,
            region=region,
            plans=plans,
            measure=measure,
            spectrum=spectrum,
            law=law,
            handling=handling,
            registers=registers,
            languages={one.id: one for one in languages},
        )
        _check_joins(folder, region, plans, measure)
        _check_spectrum_members(folder, spectrum, {member.id for member in region.members})
        _check_handling(folder, handling, region, law)
        _check_registers(folder, bundle)
        if law is not None:
            _check_law_members(folder, law, {member.id for member in region.members})
        _check_published(folder, permanent_ids(bundle))
        if not folder.incomplete:
            check_languages(folder, languages, bundle.names())
    folder.finish()
    assert bundle is not None  # whatever is missing was reported
    return bundle


def permanent_ids(bundle: Bundle) -> tuple[str, ...]:
    """Every id that, once published, may never disappear."""
    region, plans, measure, law = bundle.region, bundle.plans, bundle.measure, bundle.law
    spectrum = bundle.spectrum
    ids = [f"member {member.id}" for member in region.members]
    ids += [f"partner {partner.id}" for partner in region.partners]
    ids += [f"agreement {agreement.id}" for agreement in region.agreements]
    ids += [f"plan {plan.id}" for plan in plans.all_plans]
    ids += [f"outcome {outcome.id}" for outcome in plans.all_outcomes]
    ids += [f"action {action.id}" for action in plans.all_actions]
    ids += [f"meeting {meeting.id}" for meeting in plans.all_meetings]
    ids += [f"indicator {indicator.id}" for indicator in measure.indicators]
    ids += [f"band {band.id}" for band in spectrum.bands]
    ids += [f"holding {holding.id}" for holding in spectrum.holdings]
    ids += [f"holding {total.id}" for total in spectrum.totals]
    ids += [f"policy {policy.id}" for policy in spectrum.policies]
    ids += [f"limit {limit.id}" for limit in spectrum.limits]
    ids += [f"agreement {agreement.id}" for agreement in spectrum.agreements]
    if law is not None:
        ids += [f"instrument {instrument.id}" for instrument in law.instruments]
        ids += [f"provision {provision.id}" for provision in law.provisions]
        ids += [f"coverage {coverage.id}" for coverage in law.coverage]
        ids += [f"{term.kind.value} {term.id}" for term in law.vocabulary.terms]
    ids += [f"recogniser {recogniser.id}" for recogniser in bundle.handling.recognisers]
    ids += [f"kind {kind.id}" for kind in bundle.handling.kinds]
    ids += [f"entry {one.id}" for one in bundle.registers.all_entries]
    ids += [f"adoption {one.id}" for one in bundle.registers.adoptions]
    ids += [f"commitment {one.id}" for one in bundle.registers.commitments]
    return tuple(sorted(ids))


def _check_joins(folder: FactFolder, region: Region, plans: PlanFacts, measure: MeasureFacts) -> None:
    plan_ids = {plan.id for plan in plans.all_plans}
    outcomes = {outcome.id for outcome in plans.all_outcomes}
    if "plan/plans.yaml" not in folder.incomplete:
        default = region.profile.default_plan
        if default not in plan_ids:
            folder.report(
                folder.place(region.profile), f"default_plan {default!r} is no plan.", suggest(default, plan_ids)
            )
        for index in measure.indexes:
            if index.plan not in plan_ids:
                what = f"index {index.id}: no plan {index.plan!r}."
                folder.report(folder.place(index), what, suggest(index.plan, plan_ids))
    if "plan/outcomes.yaml" not in folder.incomplete:
        _check_outcomes(folder, measure, outcomes)
    if "members.yaml" not in folder.incomplete:
        members = {member.id for member in region.members}
        _check_members(folder, measure, members)
        _check_plan_members(folder, plans, members)
    if not any(name.startswith("indicators/") for name in folder.incomplete):
        _check_kpis(folder, plans, measure)


def _check_outcomes(folder: FactFolder, measure: MeasureFacts, outcomes: set[str]) -> None:
    for indicator in measure.indicators:
        if indicator.outcome not in outcomes | {"context"}:
            what = f"indicator {indicator.id}: the outcome {indicator.outcome!r} is in no plan."
            folder.report(folder.place(indicator), what, suggest(indicator.outcome, outcomes | {"context"}))
    for index in measure.indexes:
        for outcome in index.outcomes:
            if outcome not in outcomes:
                what = f"index {index.id}: no outcome {outcome!r}."
                folder.report(folder.place(index), what, suggest(outcome, outcomes))


def _check_members(folder: FactFolder, measure: MeasureFacts, members: set[str]) -> None:
    for row in measure.observations:
        if row.member not in members:
            what = f"the member {row.member!r} is not in members.yaml."
            folder.report(folder.place(row), what, suggest(row.member, members))


def _check_spectrum_members(folder: FactFolder, spectrum: SpectrumFacts, members: set[str]) -> None:
    if "members.yaml" in folder.incomplete:
        return
    rows: list[Holding | Total | Complete | Policy | Award | Population | Subscribers] = []
    for table in (spectrum.holdings, spectrum.totals, spectrum.complete, spectrum.policies):
        rows += table
    for row in (*rows, *spectrum.awards, *spectrum.populations, *spectrum.refractivity, *spectrum.subscribers):
        if row.member not in members:
            what = f"the member {row.member!r} is not in members.yaml."
            folder.report(folder.place(row), what, suggest(row.member, members))
    for agreement in spectrum.agreements:
        for party in sorted(agreement.members - members):
            what = f"the party {party!r} is not in members.yaml."
            folder.report(folder.place(agreement), what, suggest(party, members))


def _check_plan_members(folder: FactFolder, plans: PlanFacts, members: set[str]) -> None:
    """The members that hosted a meeting or signed a declaration, or that a target or a report is of."""
    named: list[tuple[object, str | None]] = [(row, row.host) for row in plans.all_meetings]
    named += [(row, name) for row in plans.all_declarations for name in row.signatories]
    named += [(row, row.member) for row in plans.all_targets]
    named += [(row, row.member) for row in plans.all_action_reports]
    named += [(row, row.member) for row in plans.all_project_reports]
    for record, member in named:
        if member is not None and member not in members:
            what = f"the member {member!r} is not in members.yaml."
            folder.report(folder.place(record), what, suggest(member, members))


def _check_law_members(folder: FactFolder, law: LawFacts, members: set[str]) -> None:
    if "members.yaml" in folder.incomplete:
        return
    named: list[tuple[object, str | None]] = [(row, row.member) for row in law.instruments]
    named += [(row, row.member) for row in law.layers]
    named += [(row, row.member) for row in law.coverage] + [(row, row.member) for row in law.conflicts]
    for record, member in named:
        if member is not None and member not in members:
            what = f"the member {member!r} is not in members.yaml."
            folder.report(folder.place(record), what, suggest(member, members))


def _check_handling(folder: FactFolder, handling: HandlingFacts, region: Region, law: LawFacts | None) -> None:
    if "members.yaml" not in folder.incomplete:
        check_members(folder, handling, [member.id for member in region.members])
    if law is None or "law/terms.yaml" in folder.incomplete:
        return
    known = law.vocabulary.words(TermKind.DATA)
    for kind in handling.kinds:
        if kind.category not in known:
            what = f"kind {kind.id}: there is no category of data {kind.category!r}."
            folder.report(folder.place(kind), what, suggest(kind.category, known))


def _check_registers(folder: FactFolder, bundle: Bundle) -> None:
    """What the registers name of other rooms: members, partners, actions, meetings, acts."""
    plans = bundle.plans
    known = {
        "members.yaml": {one.id for one in bundle.region.members},
        "partners.yaml": {one.id for one in bundle.region.partners},
        "plan/actions.yaml": {one.id for one in plans.all_actions},
        "plan/meetings.yaml": {one.id for one in plans.all_meetings},
        "plan/declarations.yaml": {one.id for one in plans.all_declarations},
        "law/instruments.yaml": {one.id for one in bundle.law.instruments} if bundle.law is not None else set(),
    }
    for record, file, name in named_of(bundle.registers):
        if name not in known[file] and file not in folder.incomplete:
            fix = suggest(name, known[file]) or f"Write an id that {file} has."
            folder.report(folder.place(record), f"{name!r} is not in {file}.", fix)
    parties = known["members.yaml"] | known["partners.yaml"]
    for one in bundle.registers.commitments:
        if one.owner is not None and one.owner not in parties and "members.yaml" not in folder.incomplete:
            what = f"the owner {one.owner!r} is neither a member nor a partner."
            folder.report(folder.place(one), what, suggest(one.owner, parties))


def _check_kpis(folder: FactFolder, plans: PlanFacts, measure: MeasureFacts) -> None:
    for kpi in plans.all_kpis:
        if kpi.indicator is not None and kpi.indicator not in measure.by_id:
            what = f"KPI {kpi.id}: the indicator {kpi.indicator!r} is not held."
            folder.report(folder.place(kpi), what, suggest(kpi.indicator, measure.by_id))


def _check_published(folder: FactFolder, ids: tuple[str, ...]) -> None:
    content = folder.content(PUBLISHED)
    if content is None or any(name.endswith(".yaml") for name in folder.incomplete):
        return
    held = set(ids)
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        if line.strip() and line.strip() not in held:
            what = f"{line.strip()!r} was published once and is gone."
            folder.report(f"{PUBLISHED}:{number}", what, "Put it back; end its validity if it no longer holds.")


def period_of(plan: Plan) -> Period | None:
    """The plan's first and last day as the room `measure` wants them; None while one of them is not known."""
    if not (plan.start.known and plan.end.known):
        return None
    return Period(plan.start.earliest, plan.end.latest)


def today() -> date:
    """The date now, asked by doors only."""
    return date.today()  # noqa: DTZ011 - the day where the person sits, as the calendar on the wall shows it
