"""Where fetched rows may go: into the bundle, or only into the user's own folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from serantau.base import suggest
from serantau.facts import Source
from serantau.measure.indicators import Indicator, TableLicence
from serantau.sources.errors import SourceError
from serantau.sources.series import Difference
from serantau.sources.store import HEADER, OBSERVATIONS, HeldFile

SOURCE_OF_READER = {"worldbank": "worldbank_api", "unsdg": "unsdg_api", "sdmx": "sdmx", "file": "file"}
SOURCE_OF_LAYOUT = {
    "itu": "itu_datahub",
    "itu-wide": "itu_datahub",
    "ookla-tiles": "ookla_open_data",
    "speedtest": "ookla_speedtest_index",
    "gci": "itu_gci",
}


@dataclass(frozen=True)
class Home:
    """The folders and rules that decide where rows go.

    Attributes:
        root: The region's folder.
        sources: Its sources, by id.
        indicators: Its indicators.
        tables: The licence of each of its observation files.
        data: The user's own folder, or None for the bundle.
        into: File name that the user gave, or empty.
    """

    root: Path
    sources: Mapping[str, Source]
    indicators: Sequence[Indicator]
    tables: Sequence[TableLicence]
    data: Path | None = None
    into: str = ""

    def licence(self, source_id: str) -> str:
        """Terms of a source's rows, or ``unknown``."""
        source = self.sources.get(source_id)
        return "unknown" if source is None else source.licence

    def check_data_folder(self) -> None:
        """Refuse an own folder inside the bundle: what may not be redistributed would be shipped with it.

        Raises:
            SourceError: if it is.
        """
        if self.data is not None and self.data.resolve().is_relative_to(self.root.resolve()):
            raise SourceError(f"{self.data} lies in the region's own folder. Give a folder of yours elsewhere.")


def choose_files(
    differences: Sequence[Difference], files: Sequence[HeldFile], home: Home
) -> tuple[tuple[Difference, HeldFile], ...]:
    """For each difference the file that takes its rows.

    Args:
        differences: What was fetched.
        files: Observation files as they were read, of the bundle and of the user's folder.
        home: Folders and rules.

    Raises:
        SourceError: if the region does not have the indicator, or its source may not be kept there.
    """
    known = [indicator.id for indicator in home.indicators]
    for difference in differences:
        if difference.series.indicator not in known:
            raise SourceError(
                f"The region has no indicator {difference.series.indicator!r}, so its rows cannot be kept. "
                f"{suggest(difference.series.indicator, known)} Write INDICATOR=CODE."
            )
    return tuple((difference, _file(difference, files, home)) for difference in differences)


def _file(difference: Difference, files: Sequence[HeldFile], home: Home) -> HeldFile:
    source_id = difference.series.source_id
    if home.data is not None:
        home.check_data_folder()
        path = home.data / f"{source_id}.csv"
        return next((file for file in files if file.path == path), HeldFile(path, b"", HEADER, ()))
    source = home.sources.get(source_id)
    if source is None:
        raise SourceError(
            f"{source_id!r} is not in sources.yaml, so no row can name it. Add it there with its licence, name another "
            "with --source-id, or keep the rows in a folder of your own with --data FOLDER."
        )
    if not source.redistributable:
        raise SourceError(
            f"Rows of {source_id} ({source.licence}) may not be redistributed and are never written into the bundle. "
            "Keep them in a folder of your own with --data FOLDER."
        )
    folder = home.root / OBSERVATIONS
    of_bundle = [file for file in files if file.path.parent == folder]
    return _file_in_bundle(difference, of_bundle, source, home)


def _file_in_bundle(difference: Difference, files: Sequence[HeldFile], source: Source, home: Home) -> HeldFile:
    """The file named by the user; or the one with rows of the source; or the only one under the source's licence."""
    licences = {table.file: table.licence for table in home.tables}
    same_licence = [file for file in files if licences.get(f"{OBSERVATIONS}/{file.path.name}") == source.licence]
    if home.into:
        named = next((file for file in files if file.path.name == home.into), None)
        if named is None:
            raise SourceError(
                f"There is no observation file {home.into!r}. {suggest(home.into, [f.path.name for f in files])}"
            )
        if named not in same_licence:
            its = licences.get(f"{OBSERVATIONS}/{named.path.name}", "no licence")
            raise SourceError(
                f"{home.into} is under {its!r} and {source.id} under {source.licence!r}. Rows of one file share one "
                "licence; name another file."
            )
        return named
    with_source = [file for file in files if any(row.source == source.id for row in file.rows)]
    with_both = [f for f in with_source if any(row.indicator == difference.series.indicator for row in f.rows)]
    candidates = with_both or with_source or same_licence
    if len(candidates) != 1 and not with_source:
        raise SourceError(
            f"{len(candidates)} observation files are under {source.licence!r}, the licence of {source.id}. Name one with "
            "--into FILE.csv."
        )
    return candidates[0]
