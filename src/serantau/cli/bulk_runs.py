"""Runs a plan over a Parquet file on one of three engines, and writes the answers as one Parquet file."""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from serantau.govern.bulk import COLUMNS, BulkError, Gather, NewWordsError, Plan, joined, tables_of
from serantau.sources.datasets.files import open_parquet
from serantau.sources.datasets.model import DatasetError

if TYPE_CHECKING:
    import pyarrow as pa

Planner = Callable[[Mapping[str, Iterable[str | None]]], Plan]
Done = Callable[[int], None]

BATCH = 1 << 18
GROUP = 1 << 20
META = b"serantau.dictionaries"
"""Key of the Parquet metadata under which the meaning of the codes stands, as JSON."""

ANSWER = ("decision", "reason")


def look(source: Path, key: str) -> tuple[tuple[str, ...], int]:
    """The columns of the inventory that are asked about, and its rows.

    Raises:
        DatasetError: if the file is no Parquet file.
        BulkError: if it has no id column, or a column is no text.
    """
    import pyarrow.types as kinds

    with open_parquet(source) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
    if key not in schema.names:
        raise BulkError(
            f"{source.name} has no column {key!r} that names its rows. Name one with --id; it has "
            f"{', '.join(schema.names[:20])}."
        )
    columns = tuple(name for name in COLUMNS if name in schema.names and name != key)
    for name in columns:
        kind = schema.field(name).type
        text = kind.value_type if kinds.is_dictionary(kind) else kind
        if not (kinds.is_string(text) or kinds.is_large_string(text) or kinds.is_string_view(text)):
            raise BulkError(f"The column {name!r} of {source.name} is {kind}, not text. Write words of the vocabulary.")
    return columns, rows


# --- Polars ----------------------------------------------------------------------------------------------------------------


def run_polars(source: Path, out: Path, key: str, planner: Planner, done: Done, compression: str) -> Plan:
    """Stream the file batch by batch: codes as the file has them, answers gathered from the table."""
    columns, _ = look(source, key)
    plan = planner(_dictionaries(source, columns))
    try:
        _stream(source, out, key, plan, done, compression)
    except NewWordsError:
        # A writer that gave up its dictionaries halfway: read every value first, then once more.
        plan = planner(_every_value(source, columns))
        _stream(source, out, key, plan, lambda _: None, compression)
    return plan


def _dictionaries(source: Path, columns: tuple[str, ...]) -> dict[str, set[str | None]]:
    """The dictionaries of every row group, from its first row alone."""
    found: dict[str, set[str | None]] = {name: set() for name in columns}
    if not columns:
        return found
    with _damage(source), open_parquet(source, list(columns)) as file:
        for group in range(file.metadata.num_row_groups):
            first = next(file.iter_batches(1, row_groups=[group], columns=list(columns), use_threads=False), None)
            if first is None:
                continue
            for name in columns:
                found[name].update(_words(first.column(name)))
                if file.metadata.row_group(group).column(_place(file, name)).statistics is None or _nulls(
                    file, group, name
                ):
                    found[name].add(None)
    return found


def _place(file: Any, name: str) -> int:  # noqa: ANN401 - pyarrow publishes no types
    return [file.schema.column(number).path for number in range(len(file.schema))].index(name)


def _nulls(file: Any, group: int, name: str) -> bool:  # noqa: ANN401
    statistics = file.metadata.row_group(group).column(_place(file, name)).statistics
    return not statistics.has_null_count or statistics.null_count > 0


def _every_value(source: Path, columns: tuple[str, ...]) -> dict[str, set[str | None]]:
    found: dict[str, set[str | None]] = {name: {None} for name in columns}
    with _damage(source), open_parquet(source, list(columns)) as file:
        for batch in file.iter_batches(BATCH, columns=list(columns), use_threads=False):
            for name in columns:
                found[name].update(_words(batch.column(name)))
    return found


def _words(column: Any) -> list[str]:  # noqa: ANN401
    return list(column.dictionary.to_pylist()) if hasattr(column, "dictionary") else list(set(column.to_pylist()))


def _stream(source: Path, out: Path, key: str, plan: Plan, done: Done, compression: str) -> None:
    import pyarrow as pa

    gather = Gather(plan)
    with _damage(source), open_parquet(source, list(plan.columns)) as file:
        names = [key, *plan.columns]
        schema = _schema(file.schema_arrow.field(key), plan)
        with _writer(out, schema, compression) as writer:
            for batch in file.iter_batches(BATCH, columns=names, use_threads=False):
                decision, reason = gather.decide({name: _codes(batch.column(name)) for name in plan.columns})
                answer = [_named(source, batch.column(key)), pa.array(decision), pa.array(reason)]
                writer.write_batch(pa.record_batch(answer, schema=schema), row_group_size=GROUP)
                done(batch.num_rows)


def _named(source: Path, ids: Any) -> Any:  # noqa: ANN401
    """The ids of rows, of which none may be missing."""
    if ids.null_count:
        raise BulkError(f"A row of {source.name} has no id. Number the rows, or name another column with --id.")
    return ids


def _codes(column: Any) -> tuple[Any, tuple[str, ...]]:  # noqa: ANN401
    if not hasattr(column, "dictionary"):
        column = column.dictionary_encode()
    dictionary = tuple(column.dictionary.to_pylist())
    codes = column.indices
    if codes.null_count:
        codes = codes.fill_null(len(dictionary))
    return codes.to_numpy(zero_copy_only=False).astype(np.int32, copy=False), dictionary


def _schema(key: Any, plan: Plan) -> pa.Schema:  # noqa: ANN401
    import pyarrow as pa

    # Nothing in the answers is ever null; saying so spares the file a level, and a fifth of the work of writing it.
    fields = [key.with_nullable(nullable=False), *(pa.field(name, pa.uint16(), nullable=False) for name in ANSWER)]
    return pa.schema(fields, metadata={META: plan.dictionaries()})


def _writer(out: Path, schema: pa.Schema, compression: str) -> Any:  # noqa: ANN401
    import pyarrow.parquet as pq

    return pq.ParquetWriter(
        out, schema, compression=compression, use_dictionary=False, write_statistics=False, write_batch_size=BATCH
    )


class _damage:  # noqa: N801 - reads as a statement
    """Turns what pyarrow says of a damaged file into a sentence."""

    def __init__(self, source: Path) -> None:
        self._source = source

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Translate."""
        import pyarrow as pa

        if isinstance(error, pa.ArrowInvalid | pa.ArrowNotImplementedError) or type(error) is OSError:
            raise DatasetError(f"{self._source.name} is damaged. Write it again; nothing was written.") from error


# --- DuckDB ----------------------------------------------------------------------------------------------------------------


def run_duckdb(source: Path, out: Path, key: str, planner: Planner, done: Done, compression: str) -> Plan:
    """One query of joins, streamed from file to file."""
    import duckdb
    import narwhals.stable.v2 as nw
    import pyarrow as pa

    columns, rows = look(source, key)
    with duckdb.connect() as database:
        database.execute("SET preserve_insertion_order = false")
        try:
            inventory = database.read_parquet(str(source))
            values = {
                name: [
                    row[0]
                    for row in inventory.select(duckdb.ColumnExpression(name).cast("VARCHAR")).distinct().fetchall()
                ]
                for name in columns
            }
            plan = planner(values)
            plan.refuse((name, value or "") for name, found in values.items() for value in found)
            if inventory.filter(duckdb.ColumnExpression(key).isnull()).limit(1).fetchall():
                raise BulkError(f"A row of {source.name} has no id. Number the rows, or name another column with --id.")
            tables = {
                name: nw.from_native(database.from_arrow(pa.table(content))).lazy()
                for name, content in tables_of(plan).items()
            }
            answers = joined(plan, nw.from_native(inventory).lazy(), tables, key).to_native()
            answers.create_view("answers")
            meaning = plan.dictionaries().decode().replace("'", "''")
            wide = "uncompressed" if compression == "none" else compression
            place = str(out).replace("'", "''")
            quoted = key.replace('"', '""')
            # The names are quoted, and DuckDB takes no parameters here.
            statement = (
                f'COPY (SELECT "{quoted}", decision::USMALLINT AS decision, reason::USMALLINT AS reason FROM answers) '  # noqa: S608 - quoted above
                f"TO '{place}' (FORMAT parquet, COMPRESSION {wide}, KV_METADATA {{\"{META.decode()}\": '{meaning}'}})"
            )
            with _watched(database, rows, done):
                database.execute(statement)
        except duckdb.Error as error:
            raise DatasetError(
                f"{source.name} cannot be read by DuckDB: {str(error).splitlines()[0][:160]}."
            ) from error
    return plan


class _watched:  # noqa: N801 - reads as a statement
    """Tells how far a query of DuckDB is, while it runs."""

    def __init__(self, database: Any, rows: int, done: Done) -> None:  # noqa: ANN401
        self._database, self._rows, self._done = database, rows, done
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        """Begin."""
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        """End."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        shown = 0
        while not self._over.wait(0.2):
            reached = int(max(self._database.query_progress(), 0) / 100 * self._rows)
            self._done(max(reached - shown, 0))
            shown = max(shown, reached)


# --- Spark -----------------------------------------------------------------------------------------------------------------


def run_spark(source: Path, out: Path, key: str, planner: Planner, done: Done, compression: str) -> Plan:
    """The same joins on Spark, broadcast; its parts are then put together as one file."""
    import shutil

    import narwhals.stable.v2 as nw

    columns, _ = look(source, key)
    session = _session()
    parts = out.with_name(f"{out.name}.spark")
    try:
        inventory = session.read.parquet(str(source))
        values = {name: [row[0] for row in inventory.select(name).distinct().collect()] for name in columns}
        plan = planner(values)
        plan.refuse((name, value or "") for name, found in values.items() for value in found)
        tables = {name: _broadcast(session, content) for name, content in tables_of(plan).items()}
        answers = joined(plan, nw.from_native(inventory), tables, key).to_native()
        answers.write.mode("overwrite").parquet(str(parts))
        _together(source, parts, out, key, plan, done, compression)
    finally:
        shutil.rmtree(parts, ignore_errors=True)
        session.stop()
    return plan


def _session() -> Any:  # noqa: ANN401
    # Before the Java side starts: it would look the machine's own name up, and bind to whatever that says.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about versions of pandas, which nothing here uses
            from pyspark.sql import SparkSession
    except ImportError as error:
        raise BulkError(
            "The engine spark needs PySpark and Java 17. Install it with `pip install serantau[spark]`, or take another "
            "engine."
        ) from error
    builder = SparkSession.builder.appName("serantau govern bulk").master("local[*]")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": str(sys.stderr.isatty()).lower(),
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.log.level": "ERROR",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _broadcast(session: Any, content: Mapping[str, list[Any]]) -> Any:  # noqa: ANN401
    import narwhals.stable.v2 as nw
    from pyspark.sql.functions import broadcast

    kinds = {name: "string" if values and isinstance(values[0], str) else "int" for name, values in content.items()}
    schema = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
    return nw.from_native(broadcast(session.createDataFrame(list(zip(*content.values(), strict=True)), schema)))


def _together(source: Path, parts: Path, out: Path, key: str, plan: Plan, done: Done, compression: str) -> None:
    """Write the parts into one file, with the types that every engine gives."""
    import pyarrow as pa
    import pyarrow.compute as pc

    with open_parquet(source) as file:
        schema = _schema(file.schema_arrow.field(key), plan)
    with _writer(out, schema, compression) as writer:
        for batch in _part_batches(parts, key):
            _named(source, batch.column(key))
            cells = [pc.cast(batch.column(name), schema.field(name).type) for name in (key, *ANSWER)]
            writer.write_batch(pa.record_batch(cells, schema=schema), row_group_size=GROUP)
            done(batch.num_rows)


def _part_batches(parts: Path, key: str) -> Iterator[Any]:
    for part in sorted(parts.glob("part-*.parquet")):
        with open_parquet(part) as file:
            yield from file.iter_batches(BATCH, columns=[key, *ANSWER], use_threads=False)


ENGINES: dict[str, Callable[[Path, Path, str, Planner, Done, str], Plan]] = {
    "polars": run_polars,
    "duckdb": run_duckdb,
    "spark": run_spark,
}
