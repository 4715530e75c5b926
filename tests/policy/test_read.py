"""Reading rulebooks: what is read, and every mistake named with its place."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
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
        ("| a | code-4, | always | | | yes |", 'expected a text after "code-4,"; found none.'),
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
        ("| a | purpose | enum | x, n-a | q | s |", 'found "n-a"'),
        ("| a | purpose | enum | x, not-known | q | s |", 'found "not-known"'),
        ("| a | purpose | enum | x, - | q | s |", 'found "-"'),
        ("| a | purpose | enum | x, х | q | s |", '"х" twice'),
        ("| 12 | - | whole number | | q | s |", 'expected the name of a fact; found "12"'),
        ("| the cost | - | money | | q | s |", "This word has another meaning in a rulebook."),
        ("| сар | - | money | | q | s |\n| cap | - | money | | q | s |", "It looks like the fact of line"),
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
        ("| user | salary | campaign |", "| user | salary | unknown |", 'found "unknown"'),
        ("| user | salary |", "| user | Mileage |", '"mileage" of "user" twice'),
        ("| user | salary |", "| User | salary |", '(column arrangement): expected one spelling, "user"'),
        ("| user | salary | campaign", "| user | salary | Campaign", "(column payer): expected one spelling"),
        ("| user | salary |", "| user | flight-hours |", 'expected one spelling, "flight hours"'),
        ("| yes | town |", "| yes | unknown |", '(column => costs): expected an outcome; found "unknown"'),
        (
            "| yes | town |",
            "| yes | tow |",
            "(column => costs): expected an arrangement of ## Costs for rule",
        ),
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


def test_what_a_reader_cannot_see_or_tell_apart_is_refused_at_its_character() -> None:
    for sign, name in {
        "\u200b": "U+200B ZERO WIDTH SPACE",
        "\u202e": "U+202E RIGHT-TO-LEFT OVERRIDE",
        "\u00ad": "U+00AD SOFT HYPHEN",
        "\ufeff": "U+FEFF ZERO WIDTH NO-BREAK SPACE",
        "\u3164": "U+3164 HANGUL FILLER",
        "\u2028": "U+2028 LINE SEPARATOR",
        "\r": "U+000D",
        "\0": "U+0000",
        "\ud800": "U+D800",
    }.items():
        for words in ("the town's business", "Cars of the town are", "Town code § 5", "Town council"):
            text = WHOLE.replace(words, words[:3] + sign + words[3:], 1)
            (problem,) = refused(text).problems
            assert name in problem.found
            assert problem.line == line_of(text, sign)
            assert text.split("\n")[problem.line - 1][problem.character - 1] == sign


def test_letters_of_two_alphabets_in_one_word_are_refused_but_not_in_quoted_law() -> None:
    for word in ("a guаrd was aboard", "οfficial", "ｏfficial"):
        problem = refused(WHOLE.replace("a protectee was aboard", word)).problems[0]
        assert problem.expected == "a word in the letters of one alphabet"
    load_text(WHOLE.replace("> Cars", "> µΩm of cаrs"), "t.md")
    load_text(WHOLE.replace("a protectee was aboard", "закон Σ, no law of the town"), "t.md")


def test_blanks_of_every_kind_and_composed_letters_are_read_alike() -> None:
    wide = WHOLE.replace("| any other |", "| any\u00a0other\u3000|").replace("## Facts", "##\u00a0Facts ##")
    assert load_text(wide, "t.md").cost_rules == load_text(WHOLE, "t.md").cost_rules
    facts = FACTS.replace("official, political", "caf\u00e9, political")
    table = HEAD + "| a | code-4 | always | | cafe\u0301 | yes |"
    rule = load_text(with_rules(table, facts), "t.md").rules[0]
    assert rule.conditions[0].text == "caf\u00e9"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("## Examples", "  ## Examples", "a heading of one to six # and a blank at the start of the line"),
        ("### Town code § 5", "###Town code § 5", "a heading of one to six # and a blank"),
        ("## Costs", "####### a\n## Costs", "a heading of one to six # and a blank"),
        (
            "> Whoever uses",
            "> Whoever\nuses",
            "a line that begins with >, or a blank line after the quotation",
        ),
        ("\n## Facts", "\nDraft\n=====\n## Facts", "a heading that begins with #, or a blank line before"),
        ("\n## Facts", "\nDraft\n---\n## Facts", "a heading that begins with #, or a blank line before"),
        ("| case | date |", "\t| case | date |", "a table at the start of the line"),
        ("## Facts", "    > so\n## Facts", "a quotation at the start of the line"),
        ("## Facts", "    ~~~\n## Facts", "a code block at the start of the line"),
        ("## Facts", "````\n```\n## Facts", "expected the end of this code block; found none. Add ````."),
        ("## Facts", "```\n``` not the end\n## Facts", "expected the end of this code block"),
        ("## Facts", "<div hidden>\n\n## Facts", 'expected no HTML; found "<div hidden>"'),
        ("## Facts", "so <span\n\n## Facts", 'expected no HTML; found "<span"'),
        ("the town's business", "<del>the town's</del> business", 'expected no HTML; found "<del>"'),
        ("### Town code § 5", "### Town <!-- not --> code § 5", "expected no hidden text"),
        ("the town's business", "so \\\\| and", "a bar inside a cell written"),
        ("## Examples", "- | a | => permitted |\n  |---|---|\n  | a | yes |\n\n## Examples", "a line |---|"),
        ("## Examples", "a | => permitted\n---|---\na | yes\n\n## Examples", "a row of a table that begins"),
    ],
)
def test_what_a_page_shows_otherwise_than_the_program_reads_is_refused(
    before: str, after: str, message: str
) -> None:
    assert before in WHOLE
    assert message in str(refused(WHOLE.replace(before, after, 1)))


def test_an_address_and_a_comparison_are_no_html() -> None:
    text = WHOLE.replace("the town's business", "see <https://example.org/a?b=c>, hours < 4 and > 2")
    assert load_text(text, "t.md").rules[0].note.startswith("see <https://example.org")


def test_a_code_block_is_passed_over_to_its_end() -> None:
    block = "\n~~~ text\n## Facts\n| a |\n<b>\n```\n~~~~\n"
    assert load_text(WHOLE + block, "t.md").rules == load_text(WHOLE, "t.md").rules


@pytest.mark.parametrize("long", ["# " + " " * 10**5 + "a", "# a" + " #" * 10**5, "-|-" + " " * 10**5 + "x"])
def test_a_long_line_is_read_in_time_that_grows_with_its_length(long: str) -> None:
    assert load_text(WHOLE + "\n" + long + "\n", "t.md").rules


def test_a_long_cell_is_told_in_short() -> None:
    text = str(refused(with_rules(HEAD + f"| a | code-4 | always | | {'x' * 10**6} | yes |")))
    assert "... (1,000,002 characters)." in text
    assert len(text) < 1000


def test_rules_named_alike_and_rules_of_another_question() -> None:
    rows = "| Big car | code-4 | always | | | yes |\n| big-car | code-4 | always | | ? | yes |"
    assert 'each rule name once; found "Big car" and "big-car"' in str(refused(with_rules(HEAD + rows)))
    second = "\n## Question: Who?\n\n" + HEAD.replace("=> permitted", "=> purpose")
    text = with_rules(HEAD + "| a | code-4 | always | | | yes |\n") + second
    assert "a belongs to another question" in str(refused(text + "| b | code-4 | always | a | | none |\n"))
    assert '(column rule): expected each rule name once in a rulebook; found "A" twice' in str(
        refused(text + "| A | code-4 | always | | | none |\n")
    )


VERSIONED = "| rule | cites | in force | known | provision | => permitted |\n|---|---|---|---|---|---|\n"


@pytest.mark.parametrize(
    ("first", "second", "day"),
    [
        ("2019-01-01.. | ", "2018-01-01..2020-01-01 | ", "2019-01-01"),
        ("..2019-01-01 | ", "2019-01-01.. | ", "2019-01-01"),
        ("always | ..2019-01-01", "2019-01-01.. | 2018-01-01..", "2019-01-01"),
        ("2019-01-01.. | ..2021-01-01", "2018-01-01..2020-01-01 | 2021-01-01..", "2019-01-01"),
        ("..2019-01-01 | ", "..2018-01-01 | ", "the same days"),
        ("..2019-01-01 | ", "2019-01-02.. | ", None),
        ("..2017-12-31 | ", "2019-01-02..2019-12-31 | ", None),
        ("always | ..2020-12-31", "2019-01-01.. | 2021-01-01..", None),
        ("2019-01-01.. | ", "2019-01-01.. | ", None),
    ],
)
def test_two_versions_of_a_provision_in_force_on_one_day(first: str, second: str, day: str | None) -> None:
    rows = f"| a | code-4 | {first} | § 4 | yes |\n| b | code-4 | {second} | § 4 | yes |"
    text = with_rules(VERSIONED + rows)
    apart = with_rules(VERSIONED + rows.split("\n")[0]) + "\n## Question: Who?\n\n"
    apart += VERSIONED.replace("permitted", "purpose") + rows.split("\n")[1].replace("yes", "none")
    for book in (text, apart):
        if day is None:
            assert len(load_text(book, "t.md").rules) == 2
            continue
        wanted = f"(column in force): expected one version of § 4 in force on a day; found a and b on {day}."
        assert wanted in str(refused(book))


def test_a_group_and_a_section_may_be_overridden_and_overrides_go_on_in_a_chain() -> None:
    head = "| rule | cites | in force | overrides | group | => permitted |\n|---|---|---|---|---|---|\n"
    rows = [("a", "", "low", "yes"), ("b", "group LOW", "low", "no"), ("c", "b", "", "yes")]
    table = (
        "### One\n\n"
        + head
        + "\n".join(f"| {n} | code-4 | always | {o} | {g} | {v} |" for n, o, g, v in rows)
    )
    table += "\n\n### Two\n\n" + head + "| d | code-4 | always | section one, group low | | no |\n"
    rules = {rule.name: rule.overrides for rule in load_text(with_rules(table), "t.md").rules}
    assert rules == {"a": (), "b": ("a",), "c": ("b",), "d": ("a", "b", "c")}
    for wrong, advice in (("group lov", '"group low"'), ("section Tow", '"section Two"')):
        text = str(refused(with_rules(table.replace("always | b |", f"always | {wrong} |", 1))))
        assert "(column overrides): expected other rules, sections or groups" in text
        assert f"Did you mean {advice}?" in text


INVARIANTS = "## Invariants\n\n| invariant | if | then | source |\n|---|---|---|---|\n"
VERSIONS = "## Versions\n\n| version | known from | what changed |\n|---|---|---|\n"
OUTCOMES = "## Outcomes\n\n| outcome | values |\n|---|---|\n"


@pytest.mark.parametrize(
    ("section", "message"),
    [
        (INVARIANTS + "| a | | purpose = offical | the owner |", 'found "offical". Did you mean "official"?'),
        (INVARIANTS + "| a | | aboard | code-44 |", 'found "code-44". Did you mean "code-4"?'),
        (INVARIANTS + "| a | | aboard | |", "expected the law, record or owner it rests on"),
        (
            INVARIANTS + "| a | aboard | | code-4 |",
            "(column then): expected a condition; found an empty cell",
        ),
        (INVARIANTS + "| a | purpose = null | aboard | code-4 |", 'found "null"'),
        (
            VERSIONS + "| 2 | 2020-01-01 | x |",
            'expected version 1 of the front matter in the last row; found "2"',
        ),
        (VERSIONS + "| 1 | 2020-02-30 | x |", 'found "2020-02-30"'),
        (VERSIONS + "| 1 | 2020-01-01 | x |\n| 1 | 2020-01-02 | y |", 'each once; found "1"'),
        (VERSIONS + "| 0 | 2020-01-02 | x |\n| 1 | 2020-01-01 | y |", "expected a day not before 2020-01-02"),
        (OUTCOMES + "| taxable | yes, n/a |", 'found "n/a"'),
        (OUTCOMES + "| permitted | yes |", "expected an outcome that is not declared yet"),
        (OUTCOMES + "| taxable | yes, Yes |", "expected each value once"),
    ],
)
def test_what_is_declared_with_a_mistake_is_refused(section: str, message: str) -> None:
    assert message in str(refused(WHOLE + "\n" + section + "\n"))


def test_an_outcome_belongs_to_one_question() -> None:
    second = QUESTION.replace("May it be used?", "Who pays?").replace("| town |", "| town2 |", 1)
    error = refused(WHOLE + second)
    assert "(permitted is decided by 'May it be used?')" in str(error)
    assert '"other" twice' in str(error)


def test_what_a_fact_may_not_share_its_name_with() -> None:
    facts = FACTS + "| cost airfare | - | yes/no | | Was it paid? | the ledger |\n"
    text = with_rules(HEAD + "| a | code-4 | always | | | yes |", facts, examples=EXAMPLES)
    assert 'found "cost airfare", which is what airfare cost' in str(refused(text))


def test_an_amount_of_an_example_may_say_the_currency_of_the_rulebook() -> None:
    head = "\n## Examples\n\n| purpose | aboard | cost mileage | => mileage: campaign |\n|---|---|---|---|\n"
    text = (
        WHOLE
        + head.replace("## Examples\n\n", "### Amounts\n\n")
        + "| campaign | yes | 12.00 USD | 12.00 |\n"
    )
    assert load_text(text, "t.md").examples[-1].costs == {"mileage": Decimal("12.00")}
    assert 'expected an amount in USD; found "12.00 EUR"' in str(
        refused(text.replace("12.00 USD", "12.00 EUR"))
    )


@pytest.mark.parametrize("kind", ["Outcomes", "Invariants", "Versions", "Facts", "Costs"])
def test_what_is_declared_is_declared_in_one_table(kind: str) -> None:
    tables = {
        "Outcomes": "| outcome | values |\n|---|---|\n| taxable | yes |\n",
        "Invariants": "| invariant | if | then | source |\n|---|---|---|---|\n| a | | aboard | code-4 |\n",
        "Versions": "| version | known from | what changed |\n|---|---|---|\n| 1 | 2020-01-01 | all |\n",
        "Facts": FACTS.split("\n\n")[1],
        "Costs": COSTS.split("\n\n")[1],
    }
    text = WHOLE + f"\n## {kind}\n\n{tables[kind]}\n### More\n\n{tables[kind]}"
    assert f"one table under ## {kind}" in str(refused(text)) or f"under ## {kind}; found" in str(
        refused(text)
    )


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
