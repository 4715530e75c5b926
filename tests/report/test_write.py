from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

from tests.report.small_case import record, small_audit, small_findings
from wardbook.audit import Audit
from wardbook.records.engine import Engine
from wardbook.report import write as room
from wardbook.report.tables import CSV_FILES
from wardbook.report.write import AUDIT_FILES, write

COLUMNS = {
    "uses.csv": "use_id,date,vehicle,route,hours,riders,stated_purpose,sources,"
    "agency,division,task,trip,invoiced,currency",
    "determinations.csv": "use_id,rule,cites,purpose,security_reason,permitted,reason,missing,"
    "costs,facts_used",
    "receivables.csv": "payer,cost_class,amount,currency,uses",
    "postings.csv": "entry_id,account,amount,currency",
    "set_aside.csv": "record_id,exhibit,path,page,line,expected,found,advice,raw_text",
    "assertion_tests.csv": "assertion_id,quantity,stated,computed,difference,unit,verdict,working,sources,"
    "finding_verdict,why,stated_by,stated_on,scope,counting_rule,fact",
    "reconciliations.csv": "left_id,right_id,line,line_class,key,left_amount,right_amount,amount,unit,words,"
    "left_total,right_total,left_scope,right_scope,sources",
    "order_states.csv": "instrument,payer,currency,state,since,due,paid,in_escrow,written_off,outstanding,"
    "reason,sources",
    "due_items.csv": "instrument,payer,due_on,amount,paid,paid_on,open,days_late,age,sources,currency,"
    "in_escrow,written_off,remark",
    "costs.csv": "cost_id,use_id,cost_class,basis,amount,computed,invoiced,currency,sources,"
    "day,posted_on",
    "per_diem_tests.csv": "expense_id,cost_class,trip,person,day,day_to,place,matched_by,rate_place,nights,"
    "persons,expense,cap,over,currency,verdict,words,sources",
    "allocations.csv": "cost_id,use_id,cost_class,payer,method,amount,currency,cites",
    "movements.csv": "leg_id,vehicle,kind,start_at,start_lo,start_hi,end_at,end_lo,end_hi,from_lat_e6,"
    "from_lon_e6,to_lat_e6,to_lon_e6,from_place,to_place,from_region,to_region,outside,borders,metres,moving_s,"
    "gap_s,top_kmh,odometer_m,differences,profile,entries,score,unlogged,sources",
    "vendor_differences.csv": "vendor,vehicle,started_at,ended_at,claimed_distance_m,metres,difference,"
    "profile,leg_ids,sources",
}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_csv_has_its_documented_columns(
    audited: Audit, nothing: Audit, tmp_path: Path, root: Path
) -> None:
    reference = (root / "docs/reference/audit-files.md").read_text("utf-8")
    for number, audit in enumerate((audited, nothing)):
        write(audit, tmp_path / str(number), "1.2.3")
        for name, columns in COLUMNS.items():
            assert (tmp_path / str(number) / name).read_text("utf-8").splitlines()[0] == columns
            section = reference.split(f"## {name}")[1].split("\n## ")[0]
            assert all(f"`{column}`" in section for column in columns.split(","))
    assert set(COLUMNS) == {file.name for file in CSV_FILES}


def test_lists_stand_in_one_cell_and_rows_in_order_of_their_keys(audited: Audit, tmp_path: Path) -> None:
    write(audited, tmp_path / "out", "1.2.3")
    uses = rows(tmp_path / "out" / "uses.csv")
    assert uses[0]["sources"] == f"{record(1)}; {record(1, 'b' * 64)}"
    assert [use["use_id"] for use in uses] == sorted(use["use_id"] for use in uses)
    assert [(r["payer"], r["amount"]) for r in rows(tmp_path / "out" / "receivables.csv")] == [
        ("Friends of Ash", "120.50"),
        ("Mayor Ash", "80.25"),
        ("Mayor Ash", "50.00"),
    ]


def test_findings_are_sorted_with_money_as_text(audited: Audit, tmp_path: Path) -> None:
    write(audited, tmp_path / "out", "1.2.3")
    findings = json.loads((tmp_path / "out" / "findings.json").read_text("utf-8"))
    assert [f["finding_id"] for f in findings] == ["AUT-01-0001", "AUT-01-0002", "INT-02-0001"]
    assert [f["amount"] for f in findings] == ["120.50", "80.25", None]
    assert set(findings[0]) == set(small_findings()[0].__dataclass_fields__)


def test_writing_twice_gives_the_same_bytes(audited: Audit, tmp_path: Path) -> None:
    write(audited, tmp_path / "one", "1.2.3")
    write(audited, tmp_path / "one", "1.2.3")
    write(small_audit(), tmp_path / "two" / "deep", "1.2.3")
    for name in AUDIT_FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / "deep" / name).read_bytes(), name
    assert sorted(p.name for p in (tmp_path / "one").iterdir()) == sorted(AUDIT_FILES)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_bytes_do_not_depend_on_the_order_of_rows(audited: Audit, tmp_path: Path) -> None:
    write(audited, tmp_path / "one", "1.2.3")
    for name in (
        "uses",
        "legs",
        "costs",
        "allocations",
        "fact_bases",
        "source_rows",
        "person_comparisons",
        "set_aside",
    ):
        audited.engine.define(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM {name} ORDER BY hash({name})")
    write(audited, tmp_path / "two", "1.2.3")
    for name in AUDIT_FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_the_manifest_names_every_file_by_its_digest_and_no_folder(audited: Audit, tmp_path: Path) -> None:
    audited.engine.run("shown_step", "SELECT 1 AS one")
    write(audited, tmp_path / "out", "1.2.3")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert set(manifest["files"]) == set(AUDIT_FILES) - {"manifest.json"}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == digest
    assert manifest["rulebook"]["path"] == "town-order.md"
    assert manifest["program"] == {"name": "wardbook", "version": "1.2.3"}
    assert manifest["steps"] == [{"name": "shown_step", "query": "SELECT 1 AS one", "rows": 1}]
    assert manifest["checkpoint"] == audited.checkpoint


def test_a_failed_run_leaves_what_was_there(
    audited: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> str:
        raise OSError("the disk is full")

    write(audited, tmp_path / "out", "1.2.3")
    before = {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()}
    monkeypatch.setattr(room, "page_html", fails)
    with pytest.raises(OSError, match="the disk is full"):
        write(audited, tmp_path / "out", "9.9.9")
    assert {p.name: p.read_bytes() for p in (tmp_path / "out").iterdir()} == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_large_csv_stays_in_order(tmp_path: Path) -> None:
    with Engine() as engine:
        engine.define("""
            CREATE TABLE postings AS
            SELECT 'e' || (i * 7919 % 300000)::VARCHAR AS entry_id, 'a' AS account,
                   1.00::DECIMAL(18,2) AS amount, 'USD' AS currency
            FROM range(300000) AS t(i)
        """)
        query = next(file.query for file in CSV_FILES if file.name == "postings.csv")
        engine.write_csv(query, tmp_path / "postings.csv")
    keys = [row["entry_id"] for row in rows(tmp_path / "postings.csv")]
    assert len(keys) == 300_000
    assert keys == sorted(keys)


def test_the_engine_is_left_as_it_was(audited: Audit, tmp_path: Path) -> None:
    names = "SELECT table_name FROM information_schema.tables ORDER BY 1"
    before = audited.engine.rows(names)
    write(audited, tmp_path / "out", "1.2.3")
    assert audited.engine.rows(names) == before
