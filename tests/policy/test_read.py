"""Reading rulebooks: what is read, and every mistake named with its place."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from tests.policy.books import COSTS, EXAMPLES, FACTS, QUESTION, WHOLE, line_of, with_rules
from wardbook.errors import InputRefusedError
from wardbook.policy.read import load, load_text
from wardbook.policy.refusal import RulebookError


def refused(text: str) -> RulebookError:
    with pytest.raises(RulebookError) as error:
        load_text(text, "town.md")
    return error.value


def test_a_whole_rulebook() -> None:
    book = load_text(WHOLE, "town.md")
    assert (book.title, book.version, book.settings["home_region"]) == ("Cars of the town", "1", "NY")
    assert book.law["code-4"] == "Cars of the town are for the business of the town."
    assert [fact.reads for fact in book.facts] == ["purpose", "protectee_aboard", "hours", "agency", ""]
    assert book.facts[0].aliases == {"campaign": "political", "electoral": "political"}
    other = book.rules[1]
    assert (other.name, other.in_force_from, other.in_force_to) == ("other", date(2019, 5, 15), None)
    assert other.cites == "Town code § 4; Town code § 5, first sentence"
    assert other.anchors == ("code-4", "code-5")
    assert other.outcomes == {"permitted": "no", "costs": "user"}
    assert book.questions == ("May it be used?",)
    assert book.examples[1].expected["permitted"] == "undetermined: aboard"
    assert book.sha256 == hashlib.sha256(WHOLE.encode()).hexdigest()


def test_line_ends_and_byte_order_mark_change_the_hash_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "unix.md").write_bytes(WHOLE.encode())
    (tmp_path / "windows.md").write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    unix, windows = load(tmp_path / "unix.md"), load(tmp_path / "windows.md")
    assert unix.rules == windows.rules
    assert unix.law == windows.law
    assert unix.sha256 != windows.sha256


def test_the_whole_message_of_a_misspelt_value() -> None:
    text = WHOLE.replace("| always | | official |", "| always | | offical |")
    error = refused(text)
    line = line_of(text, "| town | code-4 | always")
    assert str(error) == (
        "town.md: expected a rulebook without mistakes; found 1 mistake. Correct it and run again:\n"
        f"  town.md:{line}:30 (column purpose): expected one of official, political, personal; "
        'found "offical". Did you mean "official"?'
    )
    assert error.exit_code == 3


def test_every_mistake_of_a_file_is_told() -> None:
    text = (
        WHOLE.replace("| always | | official |", "| alwais | | offical |")
        .replace("| code-5 | the meter", "| code-55 | the meter")
        .replace("| campaign | full |", "| campaign | fully |")
        .replace("2020-01-01 | official", "2020-02-30 | official")
    )
    found = [(problem.column, problem.found) for problem in refused(text).problems]
    assert found == [
        ("in force", '"alwais"'),
        ("purpose", '"offical"'),
        ("method", '"fully"'),
        ("cites", '"code-55"'),
        ("date", '"2020-02-30"'),
    ]


HEAD = "| rule | cites | in force | overrides | purpose | => permitted |\n|---|---|---|---|---|---|\n"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("| a | | always | | | yes |", "(column cites): expected the anchor of the law this rests on"),
        ("| a | cod-4 | always | | | yes |", 'found "cod-4". Did you mean "code-4"?'),
        ("| a | code-4; | always | | | yes |", 'expected the anchor of a heading with quoted law; found ""'),
        ("| a | code-4 | | | | yes |", "(column in force): expected always, or the first and last day"),
        ("| a | code-4 | 2019 | | | yes |", 'found "2019"'),
        ("| a | code-4 | 2023-02-30.. | | | yes |", 'a day that exists, as YYYY-MM-DD; found "2023-02-30"'),
        ("| a | code-4 | 2020-01-01..2019-01-01 | | | yes |", "expected a first day before the last"),
        ("| a | code-4 | .. | | | yes |", 'found ".."'),
        ("| a | code-4 | always | b | | yes |", 'or "all others"; found "b"'),
        ("| a | code-4 | always | a | | yes |", "A rule cannot override itself."),
        ("| a | code-4 | always | | | |", "(column => permitted): expected an outcome in every rule"),
        ("| a | code-4 | always | | | ja |", 'expected one of yes, no, cannot be determined; found "ja"'),
        (
            "| a | code-4 | always | | | cannot be determined |",
            "expected the record that would settle what a",
        ),
        ("| | code-4 | always | | | yes |", '(column rule): expected the name of a rule; found ""'),
        ("| a | code-4 | always | | yes |", "expected 6 cells, one for each heading; found 5"),
        ("| a | code-4 | always | | ? | yes | x |", "expected 6 cells, one for each heading; found 7"),
        ("| a | code-4 | always | | | yes |\n| a | code-4 | always | | ? | no |", '"a" twice'),
    ],
)
def test_a_rule_with_a_mistake_is_refused(row: str, message: str) -> None:
    assert message in str(refused(with_rules(HEAD + row)))


def test_a_ring_of_overrides_is_told_once_with_its_way() -> None:
    rows = "\n".join(f"| {a} | code-4 | always | {b} | | yes |" for a, b in ("ab", "bc", "ca"))
    error = refused(with_rules(HEAD + rows))
    assert [problem.found for problem in error.problems] == ["a overrides b overrides c overrides a"]


def test_rules_that_override_all_others_do_not_override_each_other() -> None:
    rows = [("a", "all others"), ("b", "all others"), ("c", "")]
    table = HEAD + "\n".join(f"| {a} | code-4 | always | {b} | | yes |" for a, b in rows)
    assert [rule.overrides for rule in load_text(with_rules(table), "t.md").rules] == [("c",), ("c",), ()]


@pytest.mark.parametrize(
    ("heading", "advice"),
    [
        ("pourpose", 'Did you mean "purpose"?'),
        ("=> permited", 'Did you mean "=> permitted"?'),
        ("weather", ""),
    ],
)
def test_an_unknown_heading_is_refused_and_not_skipped(heading: str, advice: str) -> None:
    table = f"| rule | cites | in force | {heading} |\n|---|---|---|---|\n| a | code-4 | always | yes |"
    text = str(refused(with_rules(table)))
    assert f'found "{heading}". {advice}'.strip() in text


FACT_HEAD = (
    "\n## Facts\n\n| fact | reads | type | values | question | settled by |\n|---|---|---|---|---|---|\n"
)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("| a | purpos | enum | x | q | s |", 'Did you mean "purpose"?'),
        ("| a | | enum | x | q | s |", 'found "a". Write "-" for a fact the book does not hold.'),
        ("| a | hours | yes/no | | q | s |", "expected one of decimal, duration, as hours holds"),
        ("| a | use_id | text | | q | s |", 'found "use_id"'),
        ("| a | purpose | enm | x | q | s |", 'found "enm". Did you mean "enum"?'),
        ("| a | purpose | enum | x, unknown | q | s |", 'found "unknown". Not known is not a value'),
        ("| a | purpose | enum | x, None | q | s |", 'found "None"'),
        ("| a | purpose | enum | x, n/a | q | s |", 'found "n/a"'),
        ("| a | purpose | enum | x (unknown) | q | s |", 'found "unknown"'),
        ("| a | purpose | enum | x, y (x) | q | s |", '"x" twice'),
        ("| a | purpose | enum | x, not y | q | s |", "without the signs of the cell language"),
        ("| a | purpose | enum | x, < 4 | q | s |", "without the signs of the cell language"),
        ("| a | purpose | enum | x (y | q | s |", 'found "x (y"'),
        ("| a | purpose | enum | | q | s |", "values a, b"),
        ("| a | - | yes/no | x | q | s |", "expected an empty cell for a fact of type yes/no"),
        ("| a | - | yes/no | | q | |", "(column settled by): expected a text; found an empty cell"),
        ("| cites | - | yes/no | | q | s |", "This word has another meaning in a rulebook."),
        ("| a b | - | yes/no | | q | s |\n| a-b | - | yes/no | | q | s |", '"a-b" twice'),
    ],
)
def test_a_fact_with_a_mistake_is_refused(row: str, message: str) -> None:
    table = "| rule | cites | in force | => permitted |\n|---|---|---|---|\n| r | code-4 | always | yes |"
    assert message in str(refused(with_rules(table, FACT_HEAD + row + "\n")))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("## Question: May", "## Qestion: May", 'under "Qestion: May it be used?". Did you mean "Question"?'),
        ("## Costs", "## Cost", 'Did you mean "Costs"?'),
        ("| town | any other |", "| twon | any other |", 'found "twon". Did you mean "town"?'),
        ("| yes | town |", "| yes | tow |", 'found "tow". Did you mean "town"?'),
        ("| user | salary | campaign | none |", "| user | salary | campaign | half |", 'found "half"'),
        ("| user | salary | campaign |", "| user | salary | {agncy} |", 'found "{agncy}"'),
        ("| user | salary |", "| user | Mileage |", '"mileage" of "user" twice'),
        ("undetermined: aboard |", "undetermined: bord |", 'found "bord"'),
        ("undetermined: aboard |", "undetermined |", 'found "undetermined"'),
        (
            "| business | 2020-01-01 | official | | yes |",
            "| business | 2020-01-01 | official | | yse |",
            '"yse"',
        ),
        (
            "> Cars of the town",
            "Cars of the town",
            'quoted text (lines that begin with ">") under "Town code § 4"',
        ),
        ("{#code-5}", "{#code-4}", '"code-4" twice'),
        ("{#code-5}", "{#Code 5}", '"{#Code 5}"'),
        ("currency: USD", "curency: USD", 'found "curency". Did you mean "currency"?'),
        ("currency: USD", "currency: dollars", "a currency code such as USD"),
        ("America/New_York", "America/New_Yrok", "a time zone such as America/New_York"),
        ("authority: Town council\n", "", 'expected "authority: ..." in the front matter'),
        ("---\ntitle", "title", "expected front matter between two lines ---"),
        ("|---|---|---|---|---|---|\n| business", "| business", "a line |---| of 6 cells"),
        ("| business | 2020", "business | 2020", "a row of a table that begins with a bar"),
        ("| business | 2020", "\n| business | 2020", "a line |---| of 6 cells"),
        ("| business | 2020", "<!-- -->\n| business | 2020", 'expected no hidden text; found "<!-- -->"'),
        ("| case | date |", "    | case | date |", "a table at the start of the line"),
        ("## Facts", "```\n## Facts", "expected the end of this code block"),
    ],
)
def test_a_rulebook_with_a_mistake_is_refused(before: str, after: str, message: str) -> None:
    assert before in WHOLE
    assert message in str(refused(WHOLE.replace(before, after, 1)))


def test_an_outcome_belongs_to_one_question() -> None:
    second = QUESTION.replace("May it be used?", "Who pays?").replace("| town |", "| town2 |", 1)
    error = refused(WHOLE + second)
    assert "(permitted is decided by 'May it be used?')" in str(error)
    assert '"other" twice' in str(error)


def test_more_rules_than_a_mask_holds_are_refused() -> None:
    rows = "\n".join(f"| r{n} | code-4 | always | | | yes |" for n in range(63))
    assert "at most 62 rules in one question; found 63" in str(refused(with_rules(HEAD + rows)))


def test_a_bar_inside_a_cell_is_escaped() -> None:
    table = HEAD.replace("=> permitted |", "=> permitted | note |").replace("|---|\n", "|---|---|\n")
    table += r"| a | code-4 | always | | | yes | either \| or |"
    assert load_text(with_rules(table), "t.md").rules[0].note == "either | or"


def test_files_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.md").write_bytes(b"---\ntitle: Caf\xe9\n")
    with pytest.raises(InputRefusedError, match=r"latin\.md, byte 15: expected UTF-8 text"):
        load(tmp_path / "latin.md")
    with pytest.raises(InputRefusedError, match="No such file"):
        load(tmp_path / "absent.md")


def test_parts_used_in_these_tests_are_the_parts_of_the_whole() -> None:
    assert WHOLE.endswith(FACTS + QUESTION + COSTS + EXAMPLES)
