"""What the chain is given: fixes, intervals in force, tolls, and a rulebook of 25 rules."""

from __future__ import annotations

from pathlib import Path

import duckdb

FIXES_A_LEG, LEGS_A_VEHICLE = 20, 485
START_S = 1_703_700_000
"""27 December 2023, so that 245 days pass two changes of the clock."""

METRES = (1_000, 2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 14_000, 16_000, 18_000, 20_000)


def write(folder: Path, fixes: int) -> None:
    """Write ``fixes``, ``intervals`` and ``tolls`` as Parquet files: a twentieth and a fortieth as many."""
    vehicles = max(2, fixes // (FIXES_A_LEG * LEGS_A_VEHICLE))
    with duckdb.connect() as engine:
        engine.execute("SET threads = 2")
        engine.execute(
            f"COPY ({_fixes(vehicles)}) TO '{folder / 'fixes.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
        )
        span = 43_600 * LEGS_A_VEHICLE
        engine.execute(
            f"COPY (SELECT i AS interval_id, CAST(hash(i) % {vehicles} AS BIGINT) AS vehicle, lo, "
            "lo + 3600 + CAST(hash(i + 3) % 169200 AS BIGINT) AS hi FROM (SELECT i, "
            f"{START_S} + CAST(hash(i + 1) % {span} AS BIGINT) AS lo FROM range({fixes // 20}) t(i))) "
            f"TO '{folder / 'intervals.parquet'}' (FORMAT parquet)"
        )
        engine.execute(
            f"COPY (SELECT i AS toll_id, CAST(hash(i) % {vehicles} AS BIGINT) AS vehicle, "
            f"{_start('CAST(hash(i) % ' + str(vehicles) + ' AS BIGINT)', f'CAST(hash(i + 7) % {LEGS_A_VEHICLE} AS BIGINT)')} "
            f"+ CAST(hash(i + 9) % 1500 AS BIGINT) - 200 AS at_s FROM range({fixes // 40}) t(i)) "
            f"TO '{folder / 'tolls.parquet'}' (FORMAT parquet)"
        )


def _start(vehicle: str, leg: str) -> str:
    return f"({START_S} + {vehicle} * 37 % 3600 + {leg} * 43600 + CAST(hash({vehicle} * 1000 + {leg}) % 3600 AS BIGINT))"


def _fixes(vehicles: int) -> str:
    """Fifteen fixes a minute apart on the way, then five in five minutes each where it stands."""
    start = _start("v", "k")
    at = f"{start} + CASE WHEN i < 15 THEN i * 60 ELSE 840 + (i - 14) * 300 END"
    place = "CAST(hash(v * 100000 + {leg} * 2 + {side}) % 180000 AS BIGINT)"
    lat, lon = (
        f"{base} + ({place.format(leg='k', side=side)} * (14 - least(i, 14)) "
        f"+ {place.format(leg='(k + 1)', side=side)} * least(i, 14)) // 14"
        for base, side in ((38_300_000, 0), (-81_700_000, 1))
    )
    return (
        f"SELECT CAST(v AS INTEGER) AS veh, CAST({at} AS BIGINT) AS ts_s, CAST({lat} AS INTEGER) AS lat_e6, "
        f"CAST({lon} AS INTEGER) AS lon_e6 FROM range({vehicles}) a(v), range({LEGS_A_VEHICLE}) b(k), "
        f"range({FIXES_A_LEG}) c(i) ORDER BY veh, ts_s"
    )


# ---------------------------------------------------------------- 25 rules


def rules() -> list[tuple[str, dict[str, str], str]]:
    """Name, cells and cost arrangement of each rule; exactly one holds for every leg of known facts."""
    found = [("in force", {"authorized": "yes"}, "town")]
    for seen in ("yes", "no"):
        bounds = zip((0, *METRES), (*METRES, None), strict=True)
        for low, high in bounds:
            words = f"{low}..{high - 1}" if high else f">= {low}"
            arrangement = "user" if seen == "yes" or low >= 10_000 else "office"
            cells = {"authorized": "no", "toll": seen, "metres": words}
            found.append((f"{'toll' if seen == 'yes' else 'free'} {low}", cells, arrangement))
    return found


def rulebook() -> str:
    """The rulebook as Markdown."""
    columns = ("authorized", "toll", "metres")
    rows = "\n".join(
        f"| {name} | code-4 | always | | {' | '.join(cells.get(one, '') for one in columns)} | yes | {costs} | |"
        for name, cells, costs in rules()
    )
    return f"""---
title: Cars of the town
jurisdiction: Town of Elm
authority: Town council
version: 1
home_region: NY
time_zone: America/New_York
currency: USD
---

## Law

### Town code § 4 {{#code-4}}

> Whoever uses a car of the town for other business pays for it by the mile.

## Facts

| fact | reads | type | values | question | settled by |
|---|---|---|---|---|---|
| authorized | - | yes/no | | Was an authorization in force? | the register |
| toll | - | yes/no | | Was a toll paid? | the statement |
| metres | - | whole number | 0..10000000 | How far? | the tracker |

## Question: Who pays?

| rule | cites | in force | overrides | authorized | toll | metres | => permitted | => costs | note |
|---|---|---|---|---|---|---|---|---|---|
{rows}

## Costs

| arrangement | cost class | payer | method | cites | write down |
|---|---|---|---|---|---|
| town | any other | nobody | none | code-4 | the log |
| user | mileage | user | full | code-4 | the meter |
| office | mileage | office | full | code-4 | the meter |
"""
