"""An audit of generated uses, beside a bare DuckDB scan of the same Parquet in the same run.

    python benchmarks/audit_million.py [USES] [RUNS]

The generated book has one log entry a use, 2.2 riders and 3 stops an entry, 60 vehicles with rates, about
four or five uses a vehicle and day, purposes drawn from twelve texts (one in six missing), an invoice for one use in
five, one in a thousand of them off.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from measure import here, in_child, machine

ROOT = Path(__file__).resolve().parent.parent

ENTRIES = """
SELECT 'gen:0:' || i AS record_id, repeat('0', 64) AS exhibit, NULL AS page, i AS line, 'row ' || i AS raw_text,
  CAST(i AS VARCHAR) AS source_key,
  CAST(DATE '2015-01-01' + CAST((i * 2654435761) % 4294967296 % 3650 AS INTEGER) AS DATE) AS day,
  'V' || (i * 2246822519) % 4294967296 // 97 % 60 AS vehicle,
  ['CRW-Lewisburg-CRW', 'CRW-Washington, DC-CRW', 'CRW-Martinsburg-CRW'][1 + i % 3] AS route_text,
  ['Governor A Example, Security', 'B Example, C Example', 'First Lady D Example', NULL][1 + i % 4] AS riders_text,
  'Department ' || i % 9 AS agency, CAST(0.3 + (i * 31 % 60) / 10.0 AS DECIMAL(9,3)) AS hours,
  ['Mine inspection', 'Training', 'Campaign rally', 'Meeting with legislators', 'Search for missing person',
   'Return aircraft to service post maintenance', NULL, 'Fundraiser', 'Conference', NULL,
   'Family vacation', 'Tour of flood damage'][1 + i % 12] AS stated_purpose,
  CASE WHEN i % 5 = 0 THEN CAST(hours * (400 + CAST(substr(vehicle, 2) AS BIGINT) * 25) AS DECIMAL(18,2))
       + CASE WHEN i % 5000 = 0 THEN 99 ELSE 0 END END AS invoiced, 'USD' AS currency
FROM range({uses}) t(i)
"""

STOPS = """
SELECT record_id || '#stop' || p AS record_id, exhibit, page, line, part AS raw_text, record_id AS entry_id,
  p AS position, part AS place_text, lower(part) AS place_key, NULL AS qualifier, false AS is_local
FROM (SELECT e.*, unnest(string_split(route_text, '-')) AS part,
             generate_subscripts(string_split(route_text, '-'), 1) AS p FROM log_entries e)
"""

RIDERS = """
SELECT record_id || '#rider' || p AS record_id, exhibit, page, line, part AS raw_text, record_id AS entry_id,
  p AS position,
  CASE WHEN part LIKE 'Governor%' THEN 'Governor' WHEN part LIKE 'First Lady%' THEN 'First Lady'
       WHEN part = 'Security' THEN 'Security' END AS role_words,
  CASE WHEN part LIKE 'Governor%' THEN 'principal' WHEN part LIKE 'First Lady%' THEN 'spouse'
       WHEN part = 'Security' THEN 'security' END AS role,
  nullif(replace(replace(replace(part, 'Governor ', ''), 'First Lady ', ''), 'Security', ''), '') AS name,
  lower(nullif(replace(replace(replace(part, 'Governor ', ''), 'First Lady ', ''), 'Security', ''), '')) AS name_key,
  1 AS headcount
FROM (SELECT e.*, unnest(string_split(riders_text, ', ')) AS part,
             generate_subscripts(string_split(riders_text, ', '), 1) AS p FROM log_entries e)
"""

RATES = """
SELECT 'rate:0:' || i AS record_id, 'V' || i AS vehicle, 'hour' AS unit,
  CAST(400 + i * 25 AS DECIMAL(18,2)) AS amount, 'USD' AS currency FROM range(60) t(i)
"""


def generate(folder: Path, uses: int) -> None:
    from wardbook.records.engine import Engine
    from wardbook.records.schema import find_table

    with Engine() as engine:
        for name, query in (("log_entries", ENTRIES), ("stops", STOPS), ("riders", RIDERS), ("rates", RATES)):
            table = find_table(name)
            assert table is not None
            engine.define(f"CREATE OR REPLACE TABLE made AS {query.replace('{uses}', str(uses))}")
            have = {row[0] for row in engine.rows("DESCRIBE made")}
            cells = ", ".join(
                f"CAST({c.name if c.name in have else 'NULL'} AS {c.type}) AS {c.name}" for c in table.columns
            )
            engine.define(f"CREATE TABLE {name} AS SELECT {cells} FROM made")
            engine.write_parquet(f"SELECT * FROM {name}", folder / f"{name}.parquet")


def run_audit(folder: Path) -> None:
    from wardbook.audit import audit
    from wardbook.policy.read import load
    from wardbook.records.engine import Engine
    from wardbook.records.schema import ACTS, BOOK_TABLES, JUDGEMENTS
    from wardbook.records.settings import Settings

    with Engine() as engine:
        for table in BOOK_TABLES:
            file = folder / f"{table.name}.parquet"
            engine.view_parquet(table, [file] if file.is_file() else [])
        engine.load(JUDGEMENTS, [])
        engine.load(ACTS, [])
        settings = Settings(home_region="WV", jurisdiction="West Virginia", time_zone="America/New_York")
        audit(engine, settings, load(ROOT / "rulebooks" / "west-virginia" / "state-aircraft.md"))


def bare_scan(folder: Path) -> None:
    import duckdb

    connection = duckdb.connect()
    for file in sorted(folder.glob("*.parquet")):
        connection.execute(f"SELECT bit_xor(hash(t)) FROM read_parquet('{file}') t").fetchall()


WORK = {"audit": run_audit, "bare DuckDB scan, every value touched": bare_scan}


def main() -> None:
    if len(sys.argv) > 3 and sys.argv[1] == "--child":
        here(lambda: WORK[sys.argv[2]](Path(sys.argv[3])))
        return
    uses = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as scratch:
        generate(Path(scratch), uses)
        measures = [in_child(name, __file__, ["--child", name, scratch], runs) for name in WORK]
    print(f"{machine()}; {uses:,} uses, {runs} runs")
    print("| work | median s | uses/s | x of the scan | peak MB |\n| --- | ---: | ---: | ---: | ---: |")
    for one in measures:
        ratio = one.seconds / measures[-1].seconds
        print(
            f"| {one.name} | {one.seconds:.2f} | {uses / one.seconds:,.0f} | {ratio:.1f} | {one.peak_mb:.0f} |"
        )


if __name__ == "__main__":
    main()
