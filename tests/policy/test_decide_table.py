"""A table of facts decided row by row: every row once, every doubt told, every amount to the cent."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from tests.policy.books import WHOLE
from wardbook.cli import main as commands
from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.policy.ask import evaluate
from wardbook.policy.decide_table import decide_table
from wardbook.policy.determine import docket
from wardbook.policy.read import load_text

TOWN = load_text(
    WHOLE.replace("| note kept |", "| miles | - | decimal | 0..900 | How far? | the meter |\n| note kept |"),
    "town.md",
)

TABLE = """\
id,Date,PURPOSE,protectee aboard,miles,note kept,cost mileage,driver
a,2020-01-01,official,,12.5,yes,10.00,one
b,2020-01-01,campaign,no,1,,33.33,two
c,2020-01-01,personal,?,1,,1.00,one
d,2018-01-01,personal,no,,,2.00,one
e,2020-01-01,offical,no,1,,3.00,one
f,2020-13-01,personal,maybe,1000,,x,one
"""


def decided(tmp_path: Path, text: str = TABLE, out: str = "out.csv") -> list[dict[str, str]]:
    (tmp_path / "facts.csv").write_text(text)
    decide_table(TOWN, tmp_path / "facts.csv", tmp_path / out)
    with (tmp_path / out).open(newline="", encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


def test_every_row_is_decided_or_says_why_not(tmp_path: Path) -> None:
    rows = decided(tmp_path)
    assert [row["id"] for row in rows] == list("abcdef")
    assert [row["rule"] for row in rows] == ["town", "other", "", "", "", ""]
    assert [row["permitted"] for row in rows[:4]] == [
        "yes",
        "no",
        "cannot be determined",
        "cannot be determined",
    ]
    assert [row["certain"] for row in rows] == ["yes", "yes", "no", "no", "no", "no"]
    assert "the rider list" in rows[2]["missing"]
    assert {row["rulebook_sha256"] for row in rows} == {TOWN.sha256}


def test_what_cannot_be_read_or_is_not_admitted_is_told_with_the_nearest_word(tmp_path: Path) -> None:
    problems = {row["id"]: row["problems"] for row in decided(tmp_path)}
    assert problems["a"] == problems["c"] == ""
    assert problems["e"].startswith('purpose "offical": expected one of official, political, personal')
    assert 'Did you mean "official"?' in problems["e"]
    for part in (
        'aboard "maybe": expected yes or no',
        'miles "1000',
        'date "2020-13-01"',
        'cost mileage "x"',
    ):
        assert part in problems["f"], problems["f"]


def test_costs_are_shared_to_the_cent(tmp_path: Path) -> None:
    rows = {row["id"]: row for row in decided(tmp_path)}
    assert rows["a"]["mileage: public body"] == "10.00"
    assert rows["b"]["mileage: campaign"] == "33.33"
    assert rows["c"]["mileage: campaign"] == ""
    assert "undetermined" in rows["c"]["open costs"]


def test_columns_without_a_fact_and_facts_without_a_column_are_listed(tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_text(TABLE)
    found = decide_table(TOWN, tmp_path / "facts.csv", tmp_path / "out.parquet")
    assert found.unknown_columns == ("driver",)
    assert found.missing_columns == ("hours", "agency")
    assert (found.rows, found.decided, found.undetermined, found.with_problems) == (6, 2, 4, 2)


def test_parquet_in_and_out_agree_with_the_twin(tmp_path: Path) -> None:
    source, out = tmp_path / "facts.parquet", tmp_path / "out.parquet"
    with duckdb.connect() as made:
        made.execute(
            "COPY (SELECT i AS use_id, DATE '2018-06-01' + CAST(i % 900 AS INTEGER) AS date, "
            "['official', 'political', 'personal', NULL][i % 4 + 1] AS purpose, "
            "[TRUE, FALSE, NULL][i % 3 + 1] AS aboard FROM range(2000) AS r(i)) "
            f"TO '{source}' (FORMAT parquet)"
        )
        decide_table(TOWN, source, out)
        found = made.execute(f"SELECT use_id, rule, permitted FROM read_parquet('{out}')").fetchall()
        given = made.execute(f"SELECT use_id, date, purpose, aboard FROM read_parquet('{source}')").fetchall()
    ready = docket(TOWN)
    for (_, day, purpose, aboard), (_, rule, permitted) in zip(sorted(given), sorted(found), strict=True):
        twin = evaluate(ready, {"purpose": purpose, "aboard": aboard}, day)
        assert (rule, permitted) == ("; ".join(twin.rules), twin.outcomes["permitted"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TABLE.replace("b,2020", "a,2020"), 'each id once; found "a" more than once'),
        (TABLE.replace("driver", "aboard"), 'one column for aboard; found "protectee aboard" and "aboard"'),
    ],
)
def test_a_table_with_something_twice_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputRefusedError, match=message):
        decided(tmp_path, text)
    assert not (tmp_path / "out.csv").exists()


def test_files_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    (tmp_path / "facts.parquet").write_text("no parquet")
    with pytest.raises(InputRefusedError, match="a table that can be read"):
        decide_table(TOWN, tmp_path / "facts.parquet", tmp_path / "out.csv")
    with pytest.raises(InputRefusedError, match="no file"):
        decide_table(TOWN, tmp_path / "none.csv", tmp_path / "out.csv")
    with pytest.raises(InputRefusedError, match=r"a file \.parquet or \.csv"):
        decide_table(TOWN, tmp_path / "facts.txt", tmp_path / "out.csv")


def test_the_law_of_another_day_may_be_applied(tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_text(TABLE)
    found = decide_table(TOWN, tmp_path / "facts.csv", tmp_path / "out.csv", as_of=date(2020, 1, 1))
    assert found.decided == 3


def test_the_command_prints_what_became_of_the_rows(tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_text(TABLE)
    (tmp_path / "town.md").write_text(TOWN.text)
    arguments = ["decide", "--rulebook", str(tmp_path / "town.md"), str(tmp_path / "facts.csv"), "--out"]
    done = CliRunner().invoke(commands, [*arguments, str(tmp_path / "out.csv")])
    assert done.exit_code == 0, done.output
    assert "rows: 2 decided + 4 undetermined = 6" in done.output
    assert 'no fact of the rulebook is named "driver"' in done.output
    assert CliRunner().invoke(commands, [*arguments, str(tmp_path / "out.csv"), "--strict"]).exit_code == 1


# ---------------------------------------------------------------- large tables, and types


def rows_of(path: Path, columns: str = "*") -> list[tuple[object, ...]]:
    with duckdb.connect() as engine:
        return engine.execute(f"SELECT {columns} FROM '{path}'").fetchall()


@pytest.mark.parametrize("part", [1, 2, 5, 6, 7])
@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_a_table_decided_in_parts_is_the_same_file(tmp_path: Path, part: int, out: str) -> None:
    (tmp_path / "facts.csv").write_text(TABLE)
    heard: list[tuple[int, int]] = []
    whole = decide_table(TOWN, tmp_path / "facts.csv", tmp_path / f"whole-{out}")
    parts = decide_table(
        TOWN,
        tmp_path / "facts.csv",
        tmp_path / out,
        told=lambda done, rows: heard.append((done, rows)),
        part=part,
    )
    assert parts == whole
    assert heard == [(min(done + part, 6), 6) for done in range(0, 6, part)]
    assert rows_of(tmp_path / out) == rows_of(tmp_path / f"whole-{out}")
    assert {path.name for path in tmp_path.iterdir()} == {"facts.csv", out, f"whole-{out}"}


def test_a_table_without_rows_gives_a_table_without_rows(tmp_path: Path) -> None:
    assert decided(tmp_path, TABLE.partition("\n")[0] + "\n") == []


@pytest.mark.parametrize(
    ("miles", "cost", "day"),
    [
        ("CAST(12 AS TINYINT)", "CAST(10 AS DECIMAL(4,2))", "DATE '2020-01-01'"),
        ("CAST(12 AS UINTEGER)", "CAST(10 AS INTEGER)", "TIMESTAMP '2020-01-01 00:00:00'"),
        ("CAST(12 AS DECIMAL(9,3))", "CAST(10 AS DOUBLE)", "'2020-01-01'"),
        ("CAST(12 AS DOUBLE)", "'10.00'", "TIMESTAMP '2020-01-01 00:00:00'"),
    ],
)
def test_columns_of_other_types_are_read_exactly(tmp_path: Path, miles: str, cost: str, day: str) -> None:
    source = tmp_path / "facts.parquet"
    chosen = f"'a' AS id, {day} AS date, 'official' AS purpose, {miles} AS miles, {cost} AS \"cost mileage\""
    duckdb.sql(f"COPY (SELECT {chosen}) TO '{source}' (FORMAT parquet)")
    decide_table(TOWN, source, tmp_path / "out.parquet")
    ((rule, problems, amount),) = rows_of(tmp_path / "out.parquet", 'rule, problems, "mileage: public body"')
    assert (rule, problems, str(amount)) == ("town", "", "10.00")


def test_a_day_with_a_time_is_not_a_day(tmp_path: Path) -> None:
    source = tmp_path / "facts.parquet"
    chosen = "'a' AS id, TIMESTAMP '2020-01-01 09:30:00' AS date, 'official' AS purpose"
    duckdb.sql(f"COPY (SELECT {chosen}) TO '{source}' (FORMAT parquet)")
    assert decide_table(TOWN, source, tmp_path / "out.csv").with_problems == 1


def test_a_run_that_is_stopped_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_text(TABLE)
    (tmp_path / "out.csv").write_text("as it was")

    def stop(_done: int, _rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decide_table(TOWN, tmp_path / "facts.csv", tmp_path / "out.csv", told=stop, part=2)
    assert (tmp_path / "out.csv").read_text() == "as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["facts.csv", "out.csv"]


# ---------------------------------------------------------------- nothing of a file is guessed

ROWS = ("id,date,purpose", "a,2020-01-01,official", "#b,2020-01-01,official", '"c ""x""",2020-01-01,official')


def test_no_row_is_taken_for_a_comment(tmp_path: Path) -> None:
    assert [row["id"] for row in decided(tmp_path, "\n".join(ROWS) + "\n")] == ["a", "#b", 'c "x"']


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a heading for every column; found an empty line"),
        ("id,purpose,\na,official,x\n", "found a column without a heading"),
        ("id,purpose,Purpose\na,official,official\n", 'expected each heading once; found "purpose" twice'),
        ("id;date;purpose\na;2020-01-01;official\n", "expected a column for a fact of the rulebook"),
        ("a,2020-01-01,official\nb,2020-01-01,official\n", "expected a column for a fact of the rulebook"),
        ("id,purpose\na,official,extra\n", "CSV Error on Line: 2"),
        ("id,purpose\na\n", "CSV Error on Line: 2"),
    ],
)
def test_a_file_of_another_layout_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "facts.csv").write_text(text)
    with pytest.raises(InputRefusedError, match=message):
        decide_table(TOWN, tmp_path / "facts.csv", tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["facts.csv"]


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_bytes("id,purpose,naïve\n".encode("latin-1"))
    with pytest.raises(InputRefusedError, match="expected text in UTF-8"):
        decide_table(TOWN, tmp_path / "facts.csv", tmp_path / "out.csv")


@pytest.mark.parametrize("name", ["b[1].csv", "b*.csv", "b?.csv"])
def test_the_file_named_is_the_file_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("id,date,purpose\nmine,2020-01-01,official\n")
    (tmp_path / "b1.csv").write_text("id,date,purpose\nother,2020-01-01,official\n")
    decide_table(TOWN, tmp_path / name, tmp_path / "out[1].csv")
    assert (tmp_path / "out[1].csv").read_text().splitlines()[1].startswith("mine,")


def test_the_table_itself_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "facts.csv").write_text(TABLE)
    with pytest.raises(WrongUseError, match="name another file"):
        decide_table(TOWN, tmp_path / "facts.csv", tmp_path / "facts.csv")
    assert (tmp_path / "facts.csv").read_text() == TABLE


def test_a_rule_that_says_cannot_be_determined_decides_nothing(tmp_path: Path) -> None:
    text = WHOLE.replace(
        "| official | | yes | town | the town's business |",
        "| official | | cannot be determined | town | open | the log |",
    )
    text = text.replace("| => costs | note |\n|---|", "| => costs | note | settled by |\n|---|---|")
    text = text.replace("no town business |", "no town business | |").replace(
        "protectee was aboard |", "protectee was aboard | |"
    )
    book = load_text(text.partition("## Examples")[0], "town.md")
    (tmp_path / "facts.csv").write_text("id,date,purpose\na,2020-01-01,official\n")
    found = decide_table(book, tmp_path / "facts.csv", tmp_path / "out.csv")
    assert (found.decided, found.undetermined) == (0, 1)
