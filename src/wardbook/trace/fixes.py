"""A table of fixes (.parquet or .csv) as one relation, every row a fix or set aside with its reason.

The relation ``fixes_read`` has ``source_row`` (from 1), ``vehicle`` (in its own type), ``ts_s`` and ``micro``
(UTC), ``lat_e6``, ``lon_e6``, ``received_us``, ``ignition``, ``odometer_m``, and ``reason``: NULL for a fix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.records.engine import Engine, literal
from wardbook.trace.fixes_columns import (
    DEGREES_MINUTES,
    LENGTHS,
    MILLIONTHS,
    FixColumns,
    FixMapping,
    find_columns,
)
from wardbook.trace.fixes_time import (
    FIRST_S,
    LAST_S,
    UNITS,
    Span,
    TimeSql,
    epoch_sql,
    instant_sql,
    local_sql,
    spans,
    text_sql,
    whole_seconds_sql,
    zoned_text,
)
from wardbook.trace.steps import step_text

SUFFIXES = (".parquet", ".csv")
_WHOLE = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)
_SAMPLE = 20_000
_NO_MAPPING = FixMapping()


@dataclass(frozen=True)
class FixTable:
    """What was found of a table before its rows are traced.

    ``notes`` tell what a person should know: a broken part, a unit that was found, columns not read.
    """

    source: Path
    columns: FixColumns
    vehicle_type: str
    rows: int
    notes: tuple[str, ...]

    @property
    def has_anchors(self) -> bool:
        """Whether ignition or an odometer stands beside the positions."""
        return "ignition" in self.columns.roles or "odometer" in self.columns.roles


@dataclass(frozen=True)
class Asked:
    """How a table is to be read: a mapping, the zone of local times, the vehicle it must be about."""

    mapping: FixMapping = _NO_MAPPING
    zone: ZoneInfo | None = None
    vehicle: str | None = None


def open_fixes(engine: Engine, source: Path, work: Path, asked: Asked | None = None) -> FixTable:
    """Create the view ``fixes_read`` over ``source``; a CSV file is first read into ``work``.

    Raises `InputRefusedError` for a table that cannot be read, lacks a column, or whose times are in no unit.
    """
    asked = asked or Asked()
    if source.suffix not in SUFFIXES:
        raise InputRefusedError(str(source), "a file .parquet or .csv", f'"{source.suffix}"', "Rename it.")
    if not source.is_file():
        raise InputRefusedError(str(source), "a table (.parquet or .csv)", "no file", "Check the path.")
    try:
        return _open(engine, source, work, asked, broken=())
    except duckdb.Error as error:
        broken = _broken_parts(engine, source, error)
        return _open(engine, source, work, asked, broken)


def _open(
    engine: Engine, source: Path, work: Path, asked: Asked, broken: Sequence[tuple[int, int]]
) -> FixTable:
    _open_rows(engine, source, work, broken)
    types = {str(row[0]): str(row[1]) for row in engine.rows("DESCRIBE fixes_file") if row[0] != "source_row"}
    columns = find_columns(str(source), types, asked.mapping)
    notes = [
        f"rows {first + 1:,} to {last:,} cannot be read and are set aside: a broken row group"
        for first, last in broken
    ]
    table = _define(engine, source, columns, asked, notes)
    engine.define(
        "CREATE OR REPLACE TABLE fixes_counted AS SELECT vehicle, reason, count(*) AS fixes, "
        "min(ts_s) AS first_s, max(ts_s) AS last_s FROM fixes_read GROUP BY vehicle, reason"
    )
    return table


# ---------------------------------------------------------------- rows of the file


def _open_rows(engine: Engine, source: Path, work: Path, broken: Sequence[tuple[int, int]]) -> None:
    """The view ``fixes_file``, without the broken parts."""
    rows = source
    if source.suffix == ".csv":
        rows = work / "given.parquet"
        options = "all_varchar = true, header = true, strict_mode = true, delim = ','"
        engine.define("SET preserve_insertion_order = true")
        engine.write_parquet(f"SELECT * FROM read_csv({literal(str(source))}, {options})", rows)  # noqa: S608
        engine.define("SET preserve_insertion_order = false")
    whole = _numbered(rows)
    good = [group for group in _groups(engine, rows) if group not in broken] if broken else []
    query = " UNION ALL ".join(f"{whole} WHERE {_between(group)}" for group in good) or whole
    engine.define(
        "CREATE OR REPLACE VIEW fixes_file AS SELECT file_row_number + 1 AS source_row, "  # noqa: S608
        f"* EXCLUDE (file_row_number) FROM ({query})"
    )


def _numbered(rows: Path) -> str:
    return f"SELECT * FROM read_parquet({literal(str(rows))}, file_row_number = true)"  # noqa: S608


def _between(group: tuple[int, int]) -> str:
    return f"file_row_number BETWEEN {group[0]} AND {group[1] - 1}"


def _groups(engine: Engine, rows: Path) -> list[tuple[int, int]]:
    """The row groups of a Parquet file: first row, and the row after the last."""
    path = literal(str(rows))
    found = engine.rows(
        f"SELECT DISTINCT row_group_id, row_group_num_rows FROM parquet_metadata({path}) ORDER BY 1"  # noqa: S608
    )
    ends, at = [], 0
    for _, count in found:
        ends.append((at, at + int(count)))
        at += int(count)
    return ends


def _broken_parts(engine: Engine, source: Path, error: duckdb.Error) -> list[tuple[int, int]]:
    """The row groups that cannot be read; raises `InputRefusedError` where there is more amiss than they."""
    reason = str(error).split("\n")[0]
    refusal = InputRefusedError(str(source), "a table that can be read", reason, "Save it again.")
    if source.suffix != ".parquet":
        raise refusal from error
    try:
        groups = _groups(engine, source)
    except duckdb.Error:
        raise refusal from error
    broken = [
        group for group in groups if not _can_be_read(engine, f"{_numbered(source)} WHERE {_between(group)}")
    ]
    if not broken or len(broken) == len(groups):
        raise refusal from error
    return broken


def _can_be_read(engine: Engine, query: str) -> bool:
    """Whether every value of a query can be read."""
    try:
        names = [str(row[0]) for row in engine.rows(f"DESCRIBE {query}")]
        engine.rows(f"SELECT {', '.join(f'max({_quoted(name)})' for name in names)} FROM ({query})")  # noqa: S608
    except duckdb.Error:
        return False
    return True


# ---------------------------------------------------------------- what the columns say


def _define(engine: Engine, source: Path, columns: FixColumns, asked: Asked, notes: list[str]) -> FixTable:
    """Create the views ``fixes_typed`` and ``fixes_read``."""
    time = _time(engine, source, columns, asked, notes)
    vehicle, kind = _vehicle(source, columns, asked)
    lat, lon = (_position(columns, role, limit) for role, limit in (("latitude", 90), ("longitude", 180)))
    whereabouts = f"{_quoted(columns['latitude'])} IS NULL OR {_quoted(columns['longitude'])} IS NULL"
    parts = {
        "source_row": "source_row",
        "vehicle": vehicle,
        "ts_s": time.second,
        "micro": f"CAST({time.micro} AS BIGINT)",
        "untimed": time.reason,
        "timeless": f"{_quoted(columns['time'])} IS NULL",
        "lat_e6": lat,
        "lon_e6": lon,
        "placeless": whereabouts,
        "received_us": _received(columns),
        "ignition": _ignition(columns),
        "odometer_m": _odometer(columns),
    }
    typed = ", ".join(f"{sql} AS {name}" for name, sql in parts.items())
    engine.define(f"CREATE OR REPLACE VIEW fixes_typed AS SELECT {typed} FROM fixes_file")  # noqa: S608
    other = "FALSE" if asked.vehicle is None else f"CAST(vehicle AS VARCHAR) <> {literal(asked.vehicle)}"
    query = step_text("fixes_read", first_s=str(FIRST_S), last_s=str(LAST_S), other=other)
    engine.define(f"CREATE OR REPLACE VIEW fixes_read AS {query}")
    if columns.unread:
        notes.append("columns that are not read: " + ", ".join(columns.unread))
    count = int(engine.one("SELECT count(*) FROM fixes_file"))
    return FixTable(source, columns, kind, count, tuple(notes))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _vehicle(source: Path, columns: FixColumns, asked: Asked) -> tuple[str, str]:
    """SQL of the vehicle, and its type."""
    name = columns.get("vehicle")
    if name is not None:
        kind = columns.types[name]
        return (_quoted(name), kind) if kind != "VARCHAR" else (f"nullif(trim({_quoted(name)}), '')", kind)
    constant = asked.mapping.vehicle or asked.vehicle
    if constant is None:
        found = "no column for it"
        raise InputRefusedError(
            str(source), "a column veh or vehicle", found, "Name the vehicle with --vehicle."
        )
    return literal(constant), "VARCHAR"


def _position(columns: FixColumns, role: str, limit: int) -> str:
    """SQL of a coordinate in millionths of a degree; NULL where it is none."""
    name = columns[role]
    column, kind = _quoted(name), columns.types[name]
    if columns.coordinates == MILLIONTHS and kind in _WHOLE:
        most = limit * 1_000_000
        return f"CASE WHEN {column} BETWEEN {-most} AND {most} THEN CAST({column} AS INTEGER) END"
    number = f"TRY_CAST({column} AS DOUBLE)"
    if columns.coordinates == DEGREES_MINUTES:
        whole = f"floor(abs({number}) / 100)"
        minutes = f"(abs({number}) - {whole} * 100)"
        degrees = f"CASE WHEN {minutes} < 60 THEN sign({number}) * ({whole} + {minutes} / 60) END"
    else:
        degrees = number if columns.coordinates != MILLIONTHS else f"({number} / 1000000)"
    whole = f"CAST(round({degrees} * 1000000) AS INTEGER)"
    return f"CASE WHEN {degrees} BETWEEN {-limit} AND {limit} THEN {whole} END"


def _received(columns: FixColumns) -> str:
    """SQL of when a fix was received, as a number that only serves to compare."""
    name = columns.get("received")
    if name is None:
        return "CAST(NULL AS BIGINT)"
    column, kind = _quoted(name), columns.types[name]
    if kind.startswith("TIMESTAMP"):
        return f"epoch_us({column})"
    if kind != "VARCHAR":
        return f"TRY_CAST({column} AS BIGINT)"
    return f"coalesce(TRY_CAST({column} AS BIGINT), epoch_us(TRY_CAST({column} AS TIMESTAMPTZ)))"


def _ignition(columns: FixColumns) -> str:
    name = columns.get("ignition")
    if name is None:
        return "CAST(NULL AS BOOLEAN)"
    if columns.types[name] == "BOOLEAN":
        return _quoted(name)
    text = f"lower(trim(CAST({_quoted(name)} AS VARCHAR)))"
    return (
        f"CASE WHEN {text} IN ('on', 'true', 'yes', '1') THEN TRUE "
        f"WHEN {text} IN ('off', 'false', 'no', '0') THEN FALSE END"
    )


def _odometer(columns: FixColumns) -> str:
    name = columns.get("odometer")
    if name is None:
        return "CAST(NULL AS BIGINT)"
    metres = LENGTHS[columns.odometer_unit]
    return f"CAST(round(TRY_CAST({_quoted(name)} AS DOUBLE) * {metres}) AS BIGINT)"


# ---------------------------------------------------------------- time


def _time(engine: Engine, source: Path, columns: FixColumns, asked: Asked, notes: list[str]) -> TimeSql:
    """SQL of the time column, with the unit that its numbers have, and the zone that local times need."""
    name = columns["time"]
    column, kind = _quoted(name), columns.types[name]
    zone = asked.zone or asked.mapping.zone
    if kind == "TIMESTAMP WITH TIME ZONE":
        return instant_sql(column)
    if kind.startswith("TIMESTAMP"):
        micros = f"epoch_us(CAST({column} AS TIMESTAMP))"
        if zone is None:
            raise _no_zone(source, name)
        return local_sql(micros, _spans(engine, zone, micros, "TRUE"))
    if kind == "VARCHAR":
        return _text_time(engine, source, name, zone, notes)
    if kind not in _WHOLE and kind not in {"DOUBLE", "FLOAT"} and not kind.startswith("DECIMAL"):
        raise InputRefusedError(
            str(source), f"a time in {name} (epoch, instant or text)", kind, "Use --mapping."
        )
    unit = _unit(engine, source, name, column, notes)
    return whole_seconds_sql(column) if kind in _WHOLE and unit == "s" else epoch_sql(column, unit)


def _text_time(engine: Engine, source: Path, name: str, zone: ZoneInfo | None, notes: list[str]) -> TimeSql:
    text = f"trim({_quoted(name)})"
    number = f"TRY_CAST({text} AS DOUBLE)"
    is_local = f"{number} IS NULL AND NOT {zoned_text(text)} AND TRY_CAST({text} AS TIMESTAMP) IS NOT NULL"
    numbers = int(engine.one(f"SELECT count(*) FROM fixes_file WHERE {number} IS NOT NULL"))  # noqa: S608
    unit = _unit(engine, source, name, number, notes) if numbers else "s"
    if not engine.one(f"SELECT count(*) FROM fixes_file WHERE {is_local}"):  # noqa: S608
        return text_sql(_quoted(name), unit, None)
    if zone is None:
        raise _no_zone(source, name)
    micros = f"epoch_us(TRY_CAST({text} AS TIMESTAMP))"
    return text_sql(_quoted(name), unit, local_sql(micros, _spans(engine, zone, micros, is_local)))


def _no_zone(source: Path, name: str) -> InputRefusedError:
    expected = f"times in {name} with an offset, or the zone of local times"
    advice = "Say it: --zone America/New_York."
    return InputRefusedError(str(source), expected, "local times and no zone", advice)


def _spans(engine: Engine, zone: ZoneInfo, micros: str, some: str) -> list[Span]:
    low, high = engine.rows(
        f"SELECT min({micros}) // 1000000, max({micros}) // 1000000 FROM fixes_file WHERE {some}"  # noqa: S608
    )[0]
    return list(spans(zone, max(int(low or FIRST_S), FIRST_S), min(int(high or FIRST_S), LAST_S)))


def _unit(engine: Engine, source: Path, name: str, number: str, notes: list[str]) -> str:
    """The unit of an epoch: the one that puts most of a sample's numbers between 1980 and 2100."""
    counts = ", ".join(
        f"count(*) FILTER (n BETWEEN {FIRST_S} * {ticks} AND {LAST_S} * {ticks})"
        for ticks in (f"CAST({ticks} AS DOUBLE)" for ticks in UNITS.values())
    )
    some = f"SELECT CAST({number} AS DOUBLE) AS n FROM fixes_file LIMIT {_SAMPLE}"  # noqa: S608
    found = engine.rows(f"SELECT count(n), {counts} FROM ({some})")[0]  # noqa: S608
    sampled, fitting = int(found[0]), dict(zip(UNITS, map(int, found[1:]), strict=True))
    best = max(fitting, key=lambda unit: fitting[unit])
    if sampled and fitting[best] * 2 <= sampled:
        raise InputRefusedError(
            str(source),
            f"times in {name} as seconds, milliseconds, microseconds or nanoseconds since 1970",
            "numbers that are mostly none of them",
            "Check the column, or use --mapping.",
        )
    says = next((unit for unit in UNITS if name.casefold().endswith(f"_{unit}")), "s")
    if sampled and best != says:
        notes.append(f"{name} is read as {best} since 1970")
    return best


# ---------------------------------------------------------------- positions that are no positions


def refuse_positions(engine: Engine, table: FixTable, reasons: Mapping[str | None, int]) -> None:
    """Raise `InputRefusedError` where most positions are wrong in a way that one change mends."""
    wrong = sum(
        reasons.get(why, 0)
        for why in ("position out of range", "latitude and longitude swapped", "position 0/0")
    )
    if wrong * 2 <= table.rows:
        return
    columns = table.columns
    lat, lon = (f"abs(TRY_CAST({_quoted(columns[role])} AS DOUBLE))" for role in ("latitude", "longitude"))
    tests = {
        "swapped": f"{lat} > 60 AND {lat} <= 180 AND {lon} <= 72",
        "minutes": f"({lat} > 90 OR {lon} > 180) AND {lat} < 9060 AND {lon} < 18060 "
        f"AND {lat} % 100 < 60 AND {lon} % 100 < 60",
        "millionths": f"{lat} > 20000 OR {lon} > 20000",
        "degrees": f"{lat} BETWEEN 0.001 AND 90 AND {lon} <= 180",
    }
    counts = ", ".join(f"count(*) FILTER ({test})" for test in tests.values())
    found = dict(zip(tests, engine.rows(f"SELECT {counts} FROM fixes_file")[0], strict=True))  # noqa: S608
    likely = {name for name, count in found.items() if int(count) * 2 > wrong}
    names = f"{columns['latitude']} and {columns['longitude']}"
    if columns.coordinates == MILLIONTHS:
        if "degrees" in likely:
            raise _unlike(table, f"millionths of a degree in {names}", "degrees", 'coordinates = "degrees"')
        return
    if columns.coordinates == DEGREES_MINUTES:
        return
    if "swapped" in likely:
        advice = "exchange the two in [columns]"
        raise _unlike(table, f"latitude and longitude in {names}", "them swapped", advice)
    if "minutes" in likely:
        found_text = "degrees and minutes (ddmm.mmmm)"
        raise _unlike(table, f"degrees in {names}", found_text, 'coordinates = "degrees-minutes"')
    if "millionths" in likely:
        raise _unlike(table, f"degrees in {names}", "millionths of a degree", 'coordinates = "millionths"')


def _unlike(table: FixTable, expected: str, found: str, advice: str) -> InputRefusedError:
    return InputRefusedError(str(table.source), expected, found, f"In a --mapping say: {advice}.")


def refuse_other_vehicles(engine: Engine, table: FixTable, vehicle: str | None) -> None:
    """Raise `WrongUseError` where the vehicle that was asked for has no row."""
    if vehicle is None or "vehicle" not in table.columns.roles or not table.rows:
        return
    if engine.one(f"SELECT count(*) FROM fixes_typed WHERE CAST(vehicle AS VARCHAR) = {literal(vehicle)}"):  # noqa: S608
        return
    found = engine.rows("SELECT DISTINCT CAST(vehicle AS VARCHAR) FROM fixes_typed ORDER BY 1 LIMIT 5")
    named = ", ".join(str(row[0]) for row in found)
    raise WrongUseError(f"--vehicle {vehicle}: expected a vehicle of {table.source}; found {named}")
