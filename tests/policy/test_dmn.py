"""DMN out and in: equal answers in other engines, also where facts are not known; drafts; hostile files."""

from __future__ import annotations

import json
import os
import random
import subprocess
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.policy.books import WHOLE
from tests.policy.dmn_engine import decide
from tests.policy.random_rulebooks import Use, random_rulebook, random_uses
from wardbook.errors import InputRefusedError
from wardbook.policy.ask import evaluate
from wardbook.policy.check import run_examples
from wardbook.policy.determine import docket
from wardbook.policy.dmn import from_dmn, to_dmn
from wardbook.policy.dmn_tables import DAY_INPUT, STATUS, to_model
from wardbook.policy.model import FactValue, Rulebook, Strange
from wardbook.policy.read import load, load_text
from wardbook.policy.resolve import Kind

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "rulebooks").glob("*/*.md"))
PEER = os.environ.get("WARDBOOK_DMN_PEER", "")
"""A folder whose node_modules hold dmn-moddle and feelin (npm install dmn-moddle feelin)."""

WORDS = {Kind.OPEN: "undetermined", Kind.CONTRADICTION: "facts contradict"}

Case = tuple[dict[str, FactValue], date | None]


def cases_of(rulebook: Rulebook, uses: Sequence[Use]) -> list[Case]:
    """Uses with values that the inputs allow; one that the rulebook does not understand is not known."""
    return [
        (
            {name: None if isinstance(v, Strange) else v for name, v in use.values(rulebook).items()},
            use.day,
        )
        for use in uses
    ]


def inputs_of(rulebook: Rulebook, case: Case) -> dict[str, object]:
    values, day = case
    names = [one.name for one in to_model(rulebook).inputs[1:]]
    return {DAY_INPUT: day, **dict(zip(names, (values[f.name] for f in rulebook.facts), strict=True))}


def wanted(rulebook: Rulebook, case: Case) -> dict[str, object]:
    """What each question's decision should give, by the rulebook's own meaning."""
    found = evaluate(docket(rulebook), *case)
    tables = [table for table in to_model(rulebook).tables if table.question]
    told: dict[str, object] = {}
    for table, verdict in zip(tables, found.verdicts, strict=True):
        decided = verdict.kind is Kind.DECIDED
        status = WORDS.get(verdict.kind, verdict.kind.value)
        outcomes = [output.name for output in table.outputs[1:]]
        said = {one: verdict.outcomes[one] if decided else "undetermined" for one in outcomes}
        told[table.name] = {STATUS: status, **said}
    return told


def numbers(value: object) -> object:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


# ---------------------------------------------------------------- out


def test_random_rulebooks_are_decided_alike_by_an_engine_of_tables() -> None:
    seen: Counter[object] = Counter()
    for seed in range(40):
        chance = random.Random(seed)
        rulebook = random_rulebook(chance)
        text = to_dmn(rulebook)
        for case in cases_of(rulebook, random_uses(chance, rulebook, 12)):
            given = {name: numbers(value) for name, value in inputs_of(rulebook, case).items()}
            found = decide(text, given)
            for question, answer in wanted(rulebook, case).items():
                assert found[question] == answer, (seed, case)
                assert isinstance(answer, dict)
                seen[answer[STATUS]] += 1
    assert set(seen) == {"decided", "undetermined", "conflict", "no rule", "facts contradict"}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_examples_of_shipped_rulebooks_come_out_alike(path: Path) -> None:
    rulebook = load(path)
    text = to_dmn(rulebook)
    assert rulebook.examples
    for example in rulebook.examples:
        case = ({fact.name: example.facts.get(fact.name) for fact in rulebook.facts}, example.day)
        given = {name: numbers(value) for name, value in inputs_of(rulebook, case).items()}
        found = decide(text, given)
        assert {name: found[name] for name in wanted(rulebook, case)} == wanted(rulebook, case), example.name


def test_a_wrong_table_is_noticed() -> None:
    rulebook = load_text(WHOLE, "town.md")
    case: Case = (
        {**dict.fromkeys(fact.name for fact in rulebook.facts), "purpose": "official"},
        date(2020, 1, 1),
    )
    text = to_dmn(rulebook)
    right = decide(text, inputs_of(rulebook, case))["may_it_be_used"]
    wrong = decide(text.replace('"official"</text>', '"personal"</text>'), inputs_of(rulebook, case))
    assert right == {STATUS: "decided", "permitted": "yes", "costs": "town"}
    assert wrong["may_it_be_used"] != right


def plain(value: object) -> object:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return float(value) if isinstance(value, Decimal) else value


@pytest.mark.skipif(not PEER, reason="WARDBOOK_DMN_PEER names no folder with dmn-moddle and feelin")
@pytest.mark.parametrize("seed", range(8))
def test_an_independent_engine_decides_alike(seed: int) -> None:
    chance = random.Random(1000 + seed)
    rulebook = random_rulebook(chance, rules=8)
    cases = cases_of(rulebook, random_uses(chance, rulebook, 60))
    given = [{name: plain(v) for name, v in inputs_of(rulebook, case).items()} for case in cases]
    ran = subprocess.run(
        ["node", str(Path(__file__).with_name("dmn_peer.mjs"))],
        cwd=PEER,
        input=json.dumps({"dmn": to_dmn(rulebook), "cases": given}),
        capture_output=True,
        text=True,
        check=True,
    )
    for case, found in zip(cases, json.loads(ran.stdout), strict=True):
        for question, answer in wanted(rulebook, case).items():
            assert found[question] == answer, case


def test_the_export_is_the_same_text_each_time_and_says_what_it_cannot_say() -> None:
    rulebook = load_text(WHOLE, "town.md")
    text = to_dmn(rulebook)
    assert text == to_dmn(load_text(WHOLE, "town.md"))
    for words in ("Give null for a fact that is not known", "the splitting of costs among payers"):
        assert words in text


def test_text_that_xml_cannot_hold_is_refused_with_its_line() -> None:
    rulebook = load_text(WHOLE.replace("business of the town.", "business of\x01 the town."), "town.md")
    with pytest.raises(
        InputRefusedError, match=r"town.md:\d+: expected characters that XML can hold; found U\+0001"
    ):
        to_dmn(rulebook)


# ---------------------------------------------------------------- our own back


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_an_export_comes_back_byte_for_byte(path: Path) -> None:
    rulebook = load(path)
    assert from_dmn(to_dmn(rulebook)) == rulebook.text


@pytest.mark.parametrize("text", [WHOLE.replace("\n", "\r\n"), WHOLE + "\n\n  \n", WHOLE + '\n"]]> & <b>\n'])
def test_line_ends_blank_lines_and_marks_come_back(text: str) -> None:
    assert from_dmn(to_dmn(load_text(text, "town.md"))) == text


def test_an_export_whose_tables_were_changed_is_not_taken_for_its_text() -> None:
    text = to_dmn(load_text(WHOLE, "town.md"))
    changed = text.replace('<text>"official"</text></inputEntry>', '<text>"personal"</text></inputEntry>', 1)
    assert changed != text
    with pytest.raises(
        InputRefusedError, match="decision rule_town: expected the tables as they were exported"
    ):
        from_dmn(changed)


# ---------------------------------------------------------------- drafts

FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="Car use" namespace="urn:x">
{more}<inputData id="i1" name="event"><variable name="event" typeRef="string"/></inputData>
<inputData id="i2" name="level"><variable name="level" typeRef="number"/></inputData>
<inputData id="i3" name="aboard"><variable name="aboard" typeRef="boolean"/></inputData>
<decision id="use" name="use"><variable name="use"/>{cites}
<decisionTable hitPolicy="{policy}">
<input><inputExpression typeRef="string"><text>event</text></inputExpression>
<inputValues><text>"official","rally","errand"</text></inputValues></input>
<input><inputExpression typeRef="number"><text>level</text></inputExpression></input>
<input><inputExpression typeRef="boolean"><text>aboard</text></inputExpression></input>
<output name="permitted" typeRef="string"/>
{rules}</decisionTable></decision></definitions>"""


def foreign(rules: Sequence[Sequence[str]], policy: str = "FIRST", more: str = "", cites: str = "") -> str:
    told = ""
    for *tests, said in rules:
        entries = "".join(f"<inputEntry><text>{_xml(test)}</text></inputEntry>" for test in tests)
        told += f"<rule>{entries}<outputEntry><text>{_xml(said)}</text></outputEntry></rule>\n"
    return FOREIGN.format(rules=told, policy=policy, more=more, cites=cites)


def _xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


ROWS = [
    ['"official"', "-", "-", '"yes"'],
    ['not("official")', ">= 4", "true", '"yes"'],
    ['"rally","errand"', "[1..3]", "-", '"no"'],
    ["-", "(3..5),< 0", "false", '"cannot be determined"'],
    ["-", "-", "-", '"no"'],
]


def test_a_draft_says_what_the_model_did_not() -> None:
    text = from_dmn(foreign(ROWS))
    rulebook = load_text(text, "draft.md")
    assert run_examples(rulebook) == []
    assert rulebook.authority == "to be written"
    assert "Paraphrase of no law" in rulebook.law["to-be-cited"]
    assert {rule.cites for rule in rulebook.rules} == {"To be cited"}
    assert {fact.settled_by for fact in rulebook.facts} == {"to be written"}
    assert rulebook.rules[0].overrides == ("use-3", "use-4", "use-5")
    assert rulebook.rules[3].settled_by == "to be written"


def test_a_knowledge_source_becomes_the_law_that_is_cited() -> None:
    said = "<description>Cars\nare for # work.</description>"
    source = f'<knowledgeSource id="k" name="Town code § 4">{said}</knowledgeSource>'
    need = '<authorityRequirement><requiredAuthority href="#k"/></authorityRequirement>'
    rulebook = load_text(from_dmn(foreign(ROWS, more=source, cites=need)), "draft.md")
    assert rulebook.law == {"k": "Cars\nare for # work."}
    assert rulebook.rules[0].cites == "Town code § 4"


def random_rows(chance: random.Random) -> list[list[str]]:
    events = ["-", '"official"', '"rally","errand"', 'not("rally")', 'not("official","errand")']
    levels = ["-", "< 2", ">= 3", "[1..4]", "(1..4)", "2,3", "not(2)", "< 1,> 4", "[0..2),> 3"]
    said = ['"yes"', '"no"', '"cannot be determined"']
    return [
        [
            chance.choice(events),
            chance.choice(levels),
            chance.choice(["-", "true", "false"]),
            chance.choice(said),
        ]
        for _ in range(chance.randint(1, 6))
    ]


@pytest.mark.parametrize("policy", ["FIRST", "ANY", "UNIQUE"])
def test_a_draft_decides_known_facts_as_the_tables_do(policy: str) -> None:
    seen: Counter[object] = Counter()
    for seed in range(40):
        chance = random.Random(zlib.crc32(f"{policy} {seed}".encode()))
        text = foreign(random_rows(chance), policy)
        ready = docket(load_text(from_dmn(text), "draft.md"))
        for event in ("official", "rally", "errand"):
            for level in (Decimal(number) for number in ("-1", "0", "1", "1.5", "2", "3", "4", "5")):
                aboard = chance.random() < 0.5
                facts: Mapping[str, FactValue] = {"event": event, "level": level, "aboard": aboard}
                answer = decide(text, facts)["use"]
                (verdict,) = evaluate(ready, facts, date(2020, 1, 1)).verdicts
                expected = {None: Kind.NO_RULE, "more than one": Kind.CONFLICT}.get(answer, Kind.DECIDED)  # type: ignore[call-overload]
                assert verdict.kind is expected
                assert verdict.kind is not Kind.DECIDED or verdict.outcomes["permitted"] == answer
                seen[verdict.kind] += 1
    assert len(seen) == (2 if policy == "FIRST" else 3)


@pytest.mark.parametrize("policy", ["COLLECT", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "MANY"])
def test_other_hit_policies_are_refused_with_the_reason(policy: str) -> None:
    with pytest.raises(
        InputRefusedError, match=f"decision use: expected hit policy UNIQUE, FIRST, ANY; found {policy}"
    ):
        from_dmn(foreign(ROWS, policy))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            ['"offical"', "-", "-", '"yes"'],
            'rule 1, column event: expected one of official, rally, errand; found "offical"',
        ),
        (
            ["-", "<= four", "-", '"yes"'],
            'column level: expected a value, or an input of the type of level; found "four"',
        ),
        (["-", "upper(2)", "-", '"yes"'], "not the function upper"),
        (["-", '"2"', "-", '"yes"'], 'column level: expected values of level, which is decimal; found "2"'),
        (["-", "[1..2", "-", '"yes"'], 'column level: expected "\\]" or "\\)"; found "the end"'),
        (["-", "< null", "-", '"yes"'], "null as a bound"),
        (["-", "-", "> true", '"yes"'], "aboard is yes/no"),
        (["-", "-", "-", "event"], "output permitted: expected a literal"),
        (["-", "-", "-", '"a|b"'], "output permitted: expected a value without"),
    ],
)
def test_what_a_rulebook_cannot_say_is_refused_with_its_place(row: list[str], message: str) -> None:
    with pytest.raises(InputRefusedError, match=message):
        from_dmn(foreign([row]))


def test_a_decision_that_reads_a_decision_is_refused() -> None:
    text = foreign(ROWS).replace("<text>level</text>", "<text>use</text>")
    with pytest.raises(InputRefusedError, match='found the decision "use"'):
        from_dmn(text)


# ---------------------------------------------------------------- hostile files

LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("declared", [LAUGHS, OUTSIDE, '<!DOCTYPE d SYSTEM "http://example.org/x.dtd">'])
def test_a_document_type_is_refused(declared: str) -> None:
    head, body = foreign(ROWS).split("\n", 1)
    with pytest.raises(InputRefusedError, match="line 2: expected XML without a document type"):
        from_dmn(f"{head}\n{declared}\n{body}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "well-formed XML"),
        ("# A rulebook", "well-formed XML"),
        ("<a/>", "definitions of DMN"),
        (foreign(ROWS)[:-30], "well-formed XML"),
        ("<a>" * 100 + "</a>" * 100, "nested at most 60 deep"),
        (foreign([]), "a rule; found none"),
        (foreign(ROWS).replace('typeRef="number"', 'typeRef="time"'), "type string, boolean, number or date"),
        (foreign(ROWS).replace('hitPolicy="FIRST"', 'hitPolicy="FIRST" expressionLanguage="groovy"'), "FEEL"),
        (foreign(ROWS).replace("decisionTable", "literalExpression"), "a decision table"),
        (foreign([["-", "-", '"yes"']]), "3 input and 1 output entries"),
    ],
)
def test_what_is_no_model_is_refused(text: str, message: str) -> None:
    with pytest.raises(InputRefusedError, match=message):
        from_dmn(text)


def test_words_of_the_model_cannot_become_rules_or_law() -> None:
    said = "<description>&lt;!-- hidden\n| a | b |\n## Facts</description>"
    source = f'<knowledgeSource id="k" name="# Costs {{#x}}">{said}</knowledgeSource>'
    text = from_dmn(
        foreign(ROWS, more=source).replace('name="Car use"', 'name="Car use&#10;## Costs&#10;| a |"')
    )
    rulebook = load_text(text, "draft.md")
    assert list(rulebook.law) == ["k", "to-be-cited"]
    assert len(rulebook.rules) == len(ROWS)
    assert rulebook.cost_rules == ()


def test_any_damage_is_read_or_refused() -> None:
    whole = foreign(ROWS)
    chance = random.Random(5)
    pieces = [
        "<",
        ">",
        '"',
        "-",
        "(",
        "not(",
        "..",
        "null",
        "date(",
        "&amp;",
        "</text>",
        "use",
        "\0",
        "é",
        "[",
    ]
    for _ in range(400):
        at = chance.randrange(whole.index("<input>"), len(whole))
        text = whole[:at] + chance.choice(pieces) + whole[at + chance.randint(0, 12) :]
        try:
            load_text(from_dmn(text), "draft.md")
        except InputRefusedError as error:
            assert error.expected  # noqa: PT017
