"""Rule: an office's file is taken whole or refused whole, with every defect named; and it deletes nothing."""

from __future__ import annotations

import io
import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from serantau.base import AsOf
from serantau.facts import FactFolder, Grade
from serantau.facts.sheets import GUIDE, OFFICE, SheetError, read_file, write_workbook
from serantau.plan import Horizon, PlanError, PlanFacts, PriorityClass, load_plans
from serantau.plan.importing import SHEETS, Import, Status, columns_of, prepare, required_columns, template
from serantau.plan.writing import staged, write_import

REGIONS = {
    "three lands": Path(__file__).parents[1] / "regions/threelands",
    "shipped": Path(__file__).parents[2] / "src/serantau/regions/asean",
}
TODAY = date(2026, 12, 1)
ASOF = AsOf(TODAY)

SHEET_DATE = datetime(2026, 11, 30)  # noqa: DTZ001 - a spreadsheet knows no time zone

ACTION = {
    "id": "tl2030-a3-2",
    "plan": "tl2030",
    "outcome": "tl2030-o3",
    "code": "A3.2",
    "title": "A seal for services that keep their word",
    "numbering_certain": "true",
    "source": "tl-plan",
    "grade": "primary",
    "valid_from": "2021-03-01",
    "valid_to": "open",
}


@pytest.fixture
def region(tmp_path: Path) -> Path:
    return shutil.copytree(REGIONS["three lands"], tmp_path / "region")


def workbook(**sheets: list[dict[str, object]]) -> bytes:
    """A workbook as a person would make it: cells keep the types of the values."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        columns = list(dict.fromkeys(column for row in rows for column in row))
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def prepared(region: Path, content: bytes, name: str = "office.xlsx") -> Import:
    return prepare(FactFolder(region), read_file(name, content), TODAY)


def apply(region: Path, content: bytes) -> PlanFacts:
    write_import(region, prepared(region, content))
    return loaded(region)


def loaded(region: Path) -> PlanFacts:
    folder = FactFolder(region)
    facts = load_plans(folder)
    folder.finish()
    assert facts is not None
    return facts


def problems(region: Path, content: bytes, name: str = "office.xlsx") -> list[str]:
    before = contents(region)
    with pytest.raises((PlanError, SheetError)) as caught:
        write_import(region, prepared(region, content, name))
    assert contents(region) == before
    return [str(problem) for problem in caught.value.problems] or [str(caught.value)]


def contents(region: Path) -> dict[str, bytes]:
    return {str(path.relative_to(region)): path.read_bytes() for path in region.rglob("*") if path.is_file()}


# --- what it does --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REGIONS)
def test_the_template_sent_back_changes_nothing(name: str) -> None:
    change = prepared(REGIONS[name], template(FactFolder(REGIONS[name])))
    assert change.files == {}
    assert {row.status for row in change.changes} == {Status.UNCHANGED}


def test_the_template_explains_every_sheet() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(FactFolder(REGIONS["three lands"]))))
    assert book.sheetnames == [GUIDE, *SHEETS]
    guide = "\n".join(str(cell.value) for cell in book[GUIDE]["A"])
    for key in SHEETS:
        assert f"{key}: " in guide
        assert [cell.value for cell in book[key][1]] == list(columns_of(key))


def test_added_changed_unchanged_and_kept_are_told_apart(region: Path) -> None:
    held = [
        {**ACTION, "id": "tl2030-a1-1", "outcome": "tl2030-o1", "code": "A1.1", "title": "Rebuild the mountain masts"}
    ]
    changed = [{**ACTION, "id": "tl2030-a2-1", "outcome": "tl2030-o2", "code": "A2.1", "title": "Survey all valleys"}]
    change = prepared(region, workbook(actions=[*held, *changed, ACTION]))
    statuses = {row.id: row.status for row in change.changes}
    assert statuses == {
        "tl2030-a1-1": Status.UNCHANGED,
        "tl2030-a2-1": Status.CHANGED,
        "tl2030-a2-2": Status.KEPT,
        "tl2030-a2-10": Status.KEPT,
        "tl2030-a3-1": Status.KEPT,
        "tl2030-a3-2": Status.ADDED,
    }
    fields = {f.field: (f.before, f.after) for row in change.changes for f in row.fields}
    assert fields["title"] == ("Survey the valleys", "Survey all valleys")
    assert list(change.files) == ["plan/actions.yaml"]


def test_nothing_is_written_until_it_is_applied_and_then_it_loads(region: Path) -> None:
    before = contents(region)
    content = workbook(actions=[ACTION])
    prepared(region, content)
    assert contents(region) == before
    facts = apply(region, content)
    assert facts.action("tl2030-a3-2").title == ACTION["title"]
    assert facts.action("tl2030-a3-2").known.text == "2026-12-01"
    assert len(facts.actions("tl2030", ASOF)) == 6
    again = prepared(region, content)
    assert again.files == {}


def test_rows_that_did_not_change_keep_their_bytes(region: Path) -> None:
    before = (region / "plan/actions.yaml").read_bytes()
    apply(region, workbook(actions=[ACTION]))
    assert (region / "plan/actions.yaml").read_bytes().startswith(before)


def test_a_whole_plan_of_an_office(region: Path) -> None:
    """Every sheet at once, a new source among them, with cells as a spreadsheet types them."""
    tail = {"source": "tl-office", "grade": "primary", "valid_from": 2026, "valid_to": "open"}
    source = {
        "id": "tl-office", "title": "Work plan 2027", "organisation": "Office of the Three Lands", "address": "none",
        "licence": "invented for tests", "redistributable": True, "published": SHEET_DATE,
    }  # fmt: skip
    content = workbook(
        sources=[source],
        actions=[{**ACTION, **tail}],
        dependencies=[{"action": "tl2030-a3-2", "on": "tl2030-a3-1", "source": "tl-office", "grade": "primary"}],
        priorities=[
            {
                "id": "tl2030-a3-2-priority", "action": "tl2030-a3-2", "priority": "high", "horizon": "short-term",
                "urgency": 0.75, "window_start": date(2027, 1, 1), "window_end": "2027-06", "lead": "Seal Board", **tail,
            }
        ],
        effects=[{"id": "e1", "action": "tl2030-a3-2", "outcome": "tl2030-o3", "effect": 1, **tail}],
        recovery_weights=[{"id": "w2", "outcome": "tl2030-o2", "weight": 0.25, **tail}],
        projects=[{"id": "p2", "plan": "tl2030", "title": "Seal office", "progress": "planned", **tail}],
        kpis=[{"id": "k2", "outcome": "tl2030-o3", "title": "Sealed services", "unit": "number", **tail}],
        targets=[{"id": "k2-2030", "kpi": "k2", "value": 1200, "due": 2030, **tail}],
    )  # fmt: skip
    facts = apply(region, content)
    action = facts.action("tl2030-a3-2")
    assert (action.source, action.grade, action.depends_on) == ("tl-office", Grade.PRIMARY, ("tl2030-a3-1",))
    stated = facts.priority(action.id, ASOF)
    assert stated is not None
    assert (stated.priority, stated.horizon, stated.urgency) == (PriorityClass.HIGH, Horizon.SHORT, 0.75)
    assert (str(stated.window_start), str(stated.window_end), stated.lead) == ("2027-01-01", "2027-06", "Seal Board")
    assert [(row.id, row.value) for row in facts.all_targets][-1] == ("k2-2030", 1200.0)
    assert FactFolder(region).sources["tl-office"].published.text == "2026-11-30"


def test_dependencies_are_added_and_those_held_stay(region: Path) -> None:
    row = {"action": "tl2030-a2-10", "on": "tl2030-a1-1", "source": "tl-plan", "grade": "primary"}
    facts = apply(region, workbook(dependencies=[row]))
    assert facts.action("tl2030-a2-10").depends_on == ("tl2030-a2-2", "tl2030-a1-1")


def test_a_row_for_an_action_keeps_its_dependencies(region: Path) -> None:
    row = {**ACTION, "id": "tl2030-a2-2", "outcome": "tl2030-o2", "code": "A2.2", "title": "Build in the gaps"}
    facts = apply(region, workbook(actions=[row]))
    assert facts.action("tl2030-a2-2").depends_on == ("tl2030-a2-1",)


def test_a_csv_file_is_one_sheet(region: Path) -> None:
    header = ",".join(ACTION)
    csv = "\ufeff" + header + "\r\n" + ",".join(ACTION.values()) + "\r\n"
    change = prepared(region, csv.encode(), "some/folder/actions.csv")
    assert change.count(Status.ADDED) == 1


def test_text_that_looks_like_a_formula_survives_the_template() -> None:
    content = write_workbook(["guide"], {"actions": (["title"], [{"title": "=1+1"}])})
    (sheet,) = read_file("x.xlsx", content)
    assert sheet.rows == ((2, {"title": "=1+1"}),)


# --- what it refuses -----------------------------------------------------------------------------------------------------


BAD_ROWS = {
    "no source": ({"source": None}, "the key 'source' is missing"),
    "unknown source": ({"source": "tl-plam"}, "Did you mean tl-plan"),
    "no grade": ({"grade": None}, "the key 'grade' is missing"),
    "unknown grade": ({"grade": "good"}, "column 'grade'"),
    "year 20225": ({"valid_from": 20225}, "column 'valid_from'"),
    "unknown outcome": ({"outcome": "tl2030-o9"}, "'tl2030-o9' is not in plan/outcomes.yaml"),
    "code of another": ({"code": "A1.1"}, "code 'A1.1' stands twice"),
    "recalled as primary": ({"source": "recalled"}, "`recalled`"),
    "id with a slash": ({"id": "../etc/passwd"}, "column 'id'"),
    "no title": ({"title": None}, "the key 'title' is missing"),
    "ends before it begins": ({"valid_to": "2020"}, "before it begins"),
    "neither true nor false": ({"numbering_certain": "perhaps"}, "column 'numbering_certain'"),
    "too long": ({"title": "x" * 4001}, "longer than 4000"),
    "formula": ({"title": '=HYPERLINK("http://x","y")'}, "row 3, column 'E': is a formula"),
    "time of day": ({"valid_from": SHEET_DATE.replace(hour=13)}, "time of day"),
    "error value": ({"title": "#REF!"}, "holds the error"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_is_named_by_sheet_and_row(region: Path, name: str) -> None:
    change, words = BAD_ROWS[name]
    good = {**ACTION, "note": "so that every column is there"}
    other = {**good, "id": "tl2030-a3-3", "code": "A3.3"} | change
    messages = problems(region, workbook(actions=[good, other]))
    hits = [message for message in messages if words in message]
    assert hits, messages
    assert "sheet 'actions', row 3" in hits[0]


def test_all_defects_are_named_at_once(region: Path) -> None:
    rows = [{**ACTION, "grade": "good"}, {**ACTION, "id": "tl2030-a3-3", "code": "A3.3", "outcome": "tl2030-o9"}]
    target = {
        **{k: ACTION[k] for k in ("source", "grade", "valid_from", "valid_to")},
        "id": "t",
        "kpi": "k9",
        "due": "x",
    }
    messages = problems(region, workbook(actions=rows, targets=[{**target, "value": "many"}]))
    for words in ("row 2, column 'grade'", "'tl2030-o9'", "column 'due'", "column 'value'"):
        assert any(words in message for message in messages), words


def test_an_id_twice_in_the_file_is_refused(region: Path) -> None:
    assert any(
        "stands twice in the file" in message for message in problems(region, workbook(actions=[ACTION, ACTION]))
    )


def test_an_id_of_another_kind_is_refused(region: Path) -> None:
    messages = problems(region, workbook(actions=[{**ACTION, "id": "tl2030-k1"}]))
    assert any("the id 'tl2030-k1' stands twice" in message for message in messages)


def test_a_circle_of_dependencies_is_refused(region: Path) -> None:
    row = {"action": "tl2030-a2-1", "on": "tl2030-a2-10", "source": "tl-plan", "grade": "primary"}
    assert any("circle" in message for message in problems(region, workbook(dependencies=[row])))


def test_more_actions_than_there_officially_are_is_refused(region: Path) -> None:
    more = [{**ACTION, "id": f"tl2030-x{n}", "code": f"X{n}"} for n in range(2)]
    assert any("the official count is 6" in message for message in problems(region, workbook(actions=more)))


def test_a_source_that_is_held_with_other_words_is_refused(region: Path) -> None:
    row = {
        "id": "tl-plan", "title": "Another", "organisation": "x", "address": "none", "licence": "x",
        "redistributable": "true", "published": "2021",
    }  # fmt: skip
    assert any("held with other content" in message for message in problems(region, workbook(sources=[row])))


@pytest.mark.parametrize(
    "sheets, words",
    [
        ({"action": [ACTION]}, "Did you mean actions"),
        ({"budget": [ACTION]}, "no such sheet"),
        ({"actions": [{**ACTION, "ttile": "x"}]}, "column 'ttile' is not known. Did you mean title"),
        ({"actions": [{k: v for k, v in ACTION.items() if k != "source"}]}, "the column 'source' is missing"),
        ({"actions": []}, "holds no row"),
        ({"actions": [dict.fromkeys(ACTION)]}, "holds no row"),
    ],
)
def test_a_wrong_sheet_or_column_is_named(region: Path, sheets: dict[str, list], words: str) -> None:
    assert any(words in message for message in problems(region, workbook(**sheets)))


def with_part(content: bytes, name: str, text: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return out.getvalue()


def zip_of(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


GOOD = workbook(actions=[ACTION])
RUBBISH = {
    "empty": ("x.xlsx", b"", "is empty"),
    "text": ("x.xlsx", b"id,plan\n", "is no .xlsx file"),
    "old Excel or password": ("x.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), "old or password-protected"),
    "cut off": ("x.xlsx", GOOD[: len(GOOD) // 2], "damaged"),
    "another zip": ("x.xlsx", zip_of(a=b"b"), "damaged"),
    "macros": ("x.xlsx", with_part(GOOD, "xl/vbaProject.bin", b"x"), "macros"),
    "macro workbook": ("x.xlsm", GOOD, "Macros are not read"),
    "links": ("x.xlsx", with_part(GOOD, "xl/externalLinks/externalLink1.xml", b"<x/>"), "other files"),
    "entities": ("x.xlsx", with_part(GOOD, "xl/extra.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "XML entities"),
    "zip bomb": ("x.xlsx", with_part(GOOD, "xl/media/big.png", bytes(101 * 1024**2)), "unpacks to 101 MB"),
    "many parts": ("x.xlsx", zip_of(**{f"p{n}": b"" for n in range(501)}), "in 501 parts"),
    "too large": ("x.xlsx", bytes(OFFICE.file_bytes + 1), "larger than 10 MB"),
    "too many rows": ("actions.csv", b"id\n" + b"x\n" * 10_001, "more than 10000 rows"),
    "other ending": ("x.ods", GOOD, "neither .xlsx nor .csv"),
    "CSV with zeros": ("actions.csv", b"id\x00", "zero byte"),
    "CSV in Latin-1": ("actions.csv", "id\ncafé".encode("latin-1"), "not UTF-8"),
    "CSV with an open quote": ("actions.csv", b'id\n"x', "is not CSV"),
    "CSV with a formula": ("actions.csv", b"id\n=1+1\n", "row 2, column 'A': is a formula"),
    "CSV of an unknown sheet": ("stuff.csv", b"id\nx\n", "no such sheet"),
    "two headings alike": ("actions.csv", b"id,id\nx,y\n", "repeats the heading 'id'"),
    "cell outside": ("actions.csv", b"id\nx,y\n", "outside the table"),
}


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_is_refused_clearly(region: Path, name: str) -> None:
    file, content, words = RUBBISH[name]
    assert any(words in message for message in problems(region, content, file)), problems(region, content, file)


def test_a_sheet_that_claims_a_million_columns_is_read_for_what_it_holds(region: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b"<dimension" in sheet
    start, end = sheet.index(b"<dimension"), sheet.index(b"/>", sheet.index(b"<dimension")) + 2
    parts["xl/worksheets/sheet1.xml"] = sheet[:start] + b'<dimension ref="A1:XFD1048576"/>' + sheet[end:]
    assert prepared(region, zip_of(**parts)).count(Status.ADDED) == 1


# --- whole or not at all -------------------------------------------------------------------------------------------------


def test_a_file_changed_meanwhile_is_not_overwritten(region: Path) -> None:
    change = prepared(region, workbook(actions=[ACTION]))
    path = region / "plan/actions.yaml"
    path.write_text(path.read_text() + "# edited\n")
    with pytest.raises(PlanError, match="has changed since it was read"):
        write_import(region, change)
    assert path.read_text().endswith("# edited\n")


def test_if_one_file_cannot_be_replaced_none_is(region: Path) -> None:
    tail = {k: ACTION[k] for k in ("source", "grade", "valid_from", "valid_to")}
    project = {"id": "p2", "plan": "tl2030", "title": "Seal office", "progress": "planned", **tail}
    change = prepared(region, workbook(actions=[ACTION], projects=[project]))
    assert list(change.files) == ["plan/actions.yaml", "plan/projects.yaml"]
    (region / "plan/projects.yaml").unlink()
    before = contents(region)
    (region / "plan/projects.yaml").mkdir()  # a folder in the way: replacing it fails, whoever runs the test
    blocked = Import(change.changes, change.files, {"plan/actions.yaml": change.before["plan/actions.yaml"]})
    with pytest.raises(PlanError, match="Nothing was changed"):
        write_import(region, blocked)
    assert contents(region) == before


def test_the_import_is_tried_out_on_a_copy(region: Path) -> None:
    before = contents(region)
    change = prepared(region, workbook(actions=[ACTION]))
    with staged(region, change) as copy:
        assert loaded(copy).action("tl2030-a3-2").code == "A3.2"
    assert not copy.exists()
    assert contents(region) == before


def test_a_region_without_a_plan_cannot_be_imported_into(region: Path) -> None:
    shutil.rmtree(region / "plan")
    with pytest.raises(PlanError, match="holds no plan"):
        prepared(region, GOOD)


def test_every_sheet_demands_source_and_grade() -> None:
    for key in SHEETS[1:]:
        assert {"source", "grade"} <= set(required_columns(key))
