"""DMN out and in: equal answers in other engines, also where facts are not known; drafts; hostile files."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.policy.books import WHOLE
from tests.policy.dmn_engine import decide
from tests.policy.dmn_older import older
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
"""A folder in which the packages of ``dmn_peer/package.json`` are installed (``make test`` does it)."""

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


class Asked:
    """A rulebook as it is asked through its export: the inputs of a case, and what it should give."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.text = to_dmn(rulebook)
        self._facts = [fact.name for fact in rulebook.facts]
        model = to_model(rulebook)
        self._inputs = [one.name for one in model.inputs[1:]]
        self._tables = [table for table in model.tables if table.question]
        self._ready = docket(rulebook)

    @property
    def questions(self) -> list[str]:
        return [table.name for table in self._tables]

    def inputs(self, case: Case) -> dict[str, object]:
        values, day = case
        return {
            DAY_INPUT: day,
            **{one: values[fact] for one, fact in zip(self._inputs, self._facts, strict=True)},
        }

    def wanted(self, case: Case) -> dict[str, object]:
        """What each question's decision should give, by the rulebook's own meaning."""
        told: dict[str, object] = {}
        verdicts = evaluate(self._ready, *case).verdicts
        for table, verdict in zip(self._tables, verdicts, strict=True):
            decided = verdict.kind is Kind.DECIDED
            status = WORDS.get(verdict.kind, verdict.kind.value)
            outcomes = [output.name for output in table.outputs[1:]]
            said = {one: verdict.outcomes[one] if decided else "undetermined" for one in outcomes}
            told[table.name] = {STATUS: status, **said}
        return told


def examples_of(rulebook: Rulebook) -> list[Case]:
    return [({f.name: one.facts.get(f.name) for f in rulebook.facts}, one.day) for one in rulebook.examples]


def numbers(value: object) -> object:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


# ---------------------------------------------------------------- out


def test_random_rulebooks_are_decided_alike_by_an_engine_of_tables() -> None:
    seen: Counter[object] = Counter()
    for seed in range(40):
        chance = random.Random(seed)
        rulebook = random_rulebook(chance)
        asked = Asked(rulebook)
        for case in cases_of(rulebook, random_uses(chance, rulebook, 12)):
            given = {name: numbers(value) for name, value in asked.inputs(case).items()}
            found = decide(asked.text, given)
            for question, answer in asked.wanted(case).items():
                assert found[question] == answer, (seed, case)
                assert isinstance(answer, dict)
                seen[answer[STATUS]] += 1
    assert set(seen) == {"decided", "undetermined", "conflict", "no rule", "facts contradict"}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_examples_of_shipped_rulebooks_come_out_alike(path: Path) -> None:
    rulebook = load(path)
    asked = Asked(rulebook)
    assert rulebook.examples
    for example, case in zip(rulebook.examples, examples_of(rulebook), strict=True):
        given = {name: numbers(value) for name, value in asked.inputs(case).items()}
        found = decide(asked.text, given)
        answers = asked.wanted(case)
        assert {name: found[name] for name in answers} == answers, example.name


def test_a_wrong_table_is_noticed() -> None:
    rulebook = load_text(WHOLE, "town.md")
    case: Case = (
        {**dict.fromkeys(fact.name for fact in rulebook.facts), "purpose": "official"},
        date(2020, 1, 1),
    )
    asked = Asked(rulebook)
    right = decide(asked.text, asked.inputs(case))["may_it_be_used"]
    changed = asked.text.replace('"official"</text>', '"personal"</text>')
    wrong = decide(changed, asked.inputs(case))
    assert right == {STATUS: "decided", "permitted": "yes", "costs": "town"}
    assert wrong["may_it_be_used"] != right


def plain(value: object) -> object:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return float(value) if isinstance(value, Decimal) else value


# ---------------------------------------------------------------- in the engines of others

with_peer = pytest.mark.skipif(not PEER, reason="WARDBOOK_DMN_PEER names no folder with engines of DMN (npm)")


def decided_elsewhere(engine: str, asked: Asked, cases: Sequence[Case]) -> list[dict[str, object]]:
    """What each decision gives in the engine of others that a script of ``dmn_peer`` runs."""
    text = older(asked.text) if engine == "whole.cjs" else asked.text
    given = [{name: plain(v) for name, v in asked.inputs(case).items()} for case in cases]
    ran = subprocess.run(
        ["node", str(Path(__file__).parent / "dmn_peer" / engine)],
        cwd=PEER,
        input=json.dumps({"dmn": text, "asked": asked.questions, "cases": given}),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, object]] = json.loads(ran.stdout)
    return found


LACKS = re.compile(r"operation (invalid|unsupported) for one or more operands types")
"""What dmn-eval-js says where it lacks something: an order against null, a date and a duration added."""


def answered(engine: str, rulebook: Rulebook, cases: Sequence[Case]) -> int:
    """The cases that an engine of others answers; each answer is asserted to be the rulebook's own."""
    asked = Asked(rulebook)
    count = 0
    for case, found in zip(cases, decided_elsewhere(engine, asked, cases), strict=True):
        if engine == "whole.cjs" and "failed" in found:
            assert LACKS.search(str(found["failed"])), found
            continue
        count += 1
        for question, answer in asked.wanted(case).items():
            assert found[question] == answer, case
    return count


@with_peer
@pytest.mark.parametrize("seed", range(8))
def test_independent_engines_decide_random_uses_alike(seed: int) -> None:
    chance = random.Random(1000 + seed)
    rulebook = random_rulebook(chance, rules=8)
    cases = cases_of(rulebook, random_uses(chance, rulebook, 60))
    assert answered("tables.mjs", rulebook, cases) == len(cases)
    assert answered("whole.cjs", rulebook, cases) > 0


@with_peer
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_independent_engines_decide_the_examples_alike(path: Path) -> None:
    rulebook = load(path)
    cases = examples_of(rulebook)
    assert answered("tables.mjs", rulebook, cases) == len(cases)
    by_itself = answered("whole.cjs", rulebook, cases)
    if path.stem in {"security-detail", "campaign-stop", "executive-protection", "state-aircraft"}:
        assert by_itself == len(cases)


# ---------------------------------------------------------------- the text of the export


def test_the_export_is_the_same_text_each_time_and_says_what_it_cannot_say() -> None:
    rulebook = load_text(WHOLE, "town.md")
    text = to_dmn(rulebook)
    assert text == to_dmn(load_text(WHOLE, "town.md"))
    for words in ("Give null for a fact that is not known", "the splitting of costs among payers"):
        assert words in text


def test_text_that_xml_cannot_hold_is_refused_with_its_line() -> None:
    text = WHOLE.replace("business of the town.", "business of\x01 the town.")
    rulebook = replace(load_text(WHOLE, "town.md"), text=text)
    with pytest.raises(
        InputRefusedError, match=r"town.md:\d+: expected characters that XML can hold; found U\+0001"
    ):
        to_dmn(rulebook)


# ---------------------------------------------------------------- our own back


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_an_export_comes_back_byte_for_byte(path: Path) -> None:
    rulebook = load(path)
    assert from_dmn(to_dmn(rulebook)) == rulebook.text


@pytest.mark.parametrize(
    "text", [WHOLE.replace("\n", "\r\n"), WHOLE + "\n\n  \n", WHOLE + '\n"]]> & < b >\n']
)
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
    said = "<description>&lt;!-- hidden &lt;b&gt;\n| a | b |\n## Facts</description>"
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
