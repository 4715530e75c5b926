"""Proofs of rulebooks of 27, 324 and 999 rules, measured: loading, conflicts, gaps, dead rules, re-wordings.

The language allows 62 rules a question, so a larger rulebook asks several questions: here 12 and 37, each with
27 rules in the shape of ``policy.md``, with an outcome of its own, other words of the enums in its cells and
other thresholds. For comparison with systems that know no questions, the same 999 rules are also proved as one
table, which no rulebook file may hold.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from wardbook.policy.diff import diff
from wardbook.policy.model import Rulebook
from wardbook.policy.prove import conflicts, dead_rules, prove, silent_cases
from wardbook.policy.read import load_text

POLICY = Path(__file__).with_name("policy.md")
ROUNDS = 5
QUESTIONS = {27: 1, 324: 12, 999: 37}
"""The questions of each measured rulebook, by the number of its rules."""

_THRESHOLD = re.compile(r"(?<=[=<>. ])\d{1,3}(?=\.\.| \||$)|(?<=\.\.)\d{1,3}")


# ---------------------------------------------------------------- rulebooks


def rulebook_text(questions: int) -> str:
    """A rulebook of that many questions, 27 rules each; of one question it is ``policy.md`` itself."""
    text = POLICY.read_text("utf-8")
    if questions == 1:
        return text
    head, _, rest = text.partition("## Question: ")
    table = [line for line in rest.splitlines() if line.startswith("|")]
    table = table[: table.index("| arrangement | cost class | payer | method | cites | write down |")]
    declared = "\n".join(f"| answer {at} | |" for at in range(1, questions + 1))
    outcomes = f"## Outcomes\n\n| outcome | values |\n|---|---|\n{declared}\n\n"
    words = {fact.name: fact.values for fact in load_text(text, POLICY.name).facts}
    made = [f"## Question: Question {at}?\n\n{_table(table, at, words)}\n" for at in range(1, questions + 1)]
    return head + outcomes + "\n".join(made)


def _table(lines: list[str], at: int, words: dict[str, tuple[str, ...]]) -> str:
    """The decision table of one question: the cells of the policy, moved on by the question's number."""
    headings = _cells(lines[0])
    kept = [place for place, heading in enumerate(headings) if not heading.startswith("=> ")]
    says = [place for place, heading in enumerate(headings) if heading.startswith("=> ")]
    rows = [" | ".join([*(headings[place] for place in kept), f"=> answer {at}"])]
    rows.append("|".join(["---"] * (len(kept) + 1)))
    for line in lines[2:]:
        cells = _cells(line)
        moved = [_moved(headings[place], cells[place], at, words) for place in kept]
        rows.append(" | ".join([*moved, " ".join(cells[place] for place in says)]))
    return "\n".join(f"| {row} |" for row in rows)


def _moved(heading: str, cell: str, at: int, words: dict[str, tuple[str, ...]]) -> str:
    if heading in {"rule", "overrides"}:
        return re.sub(r"\bR(\d\d)\b", rf"Q{at}-R\1", cell)
    if heading in {"group", "cites", "in force"} or not cell:
        return cell
    values = words.get(heading, ())
    if values:
        longest = sorted(values, key=len, reverse=True)
        return re.sub(
            "|".join(map(re.escape, longest)),
            lambda found: values[(values.index(found[0]) + at) % len(values)],
            cell,
        )
    return _THRESHOLD.sub(lambda found: str(int(found[0]) + at), cell)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def as_one_table(rulebook: Rulebook) -> Rulebook:
    """All rules as the rules of one question, which says one outcome: more rules than a file may hold."""
    rules = tuple(
        replace(rule, question="All?", outcomes={"answer": " ".join(rule.outcomes.values())})
        for rule in rulebook.rules
    )
    return replace(rulebook, questions=("All?",), rules=rules)


# ---------------------------------------------------------------- what is measured


@dataclass(frozen=True)
class _Timed:
    """A piece of work, the median and the best of its runs in milliseconds, and what it came to."""

    name: str
    median: float
    best: float
    found: str

    def __str__(self) -> str:
        return f"    {self.name:<42} {self.median:8.1f} ms  best {self.best:8.1f} ms   {self.found}"


def measure() -> list[str]:
    """The medians, in lines to print."""
    lines = [f"proofs, {ROUNDS} runs each"]
    for rules, questions in QUESTIONS.items():
        text = rulebook_text(questions)
        rulebook = load_text(text, "generated.md")
        assert len(rulebook.rules) == rules
        lines.append(f"  {rules} rules, {questions} questions, {len(rulebook.facts)} facts")
        lines += [str(one) for one in _of(text, rulebook)]
    whole = as_one_table(load_text(rulebook_text(QUESTIONS[999]), "generated.md"))
    lines.append("  the 999 rules as one table")
    lines += [str(one) for one in _parts(whole)]
    lines.append("  two rulebooks of 27 rules")
    lines += [str(one) for one in _compared(rulebook_text(1))]
    return lines


def _of(text: str, rulebook: Rulebook) -> Iterator[_Timed]:
    yield _timed("load", lambda: load_text(text, "generated.md"), lambda _: "")
    yield from _parts(rulebook)
    yield _timed(
        "whole proof, with the full list of gaps",
        lambda: prove(rulebook),
        lambda proof: (
            f"{len(proof.gaps)} rows, {'all of them' if proof.gaps_complete else 'not all'}; "
            f"{len(proof.conflicts)} conflicts, {len(proof.dead)} dead, {len(proof.not_proved)} not proved"
        ),
    )


def _parts(rulebook: Rulebook) -> Iterator[_Timed]:
    yield _timed("conflicts, a case of each", lambda: conflicts(rulebook), _counted)
    yield _timed("is there a gap, with a case", lambda: silent_cases(rulebook), _counted)
    yield _timed("dead rules", lambda: dead_rules(rulebook), _counted)


def _counted(found: tuple[tuple[object, ...], tuple[str, ...]]) -> str:
    listed, not_proved = found
    return f"{len(listed)} found" + (f"; not proved: {'; '.join(not_proved)}" if not_proved else "")


def _compared(text: str) -> Iterator[_Timed]:
    policy = load_text(text, "policy.md")
    others = {
        "other words around the same cells": text.replace("| the record of the", "| a record of the"),
        "the same rows renamed": re.sub(r"\bR(\d\d)\b", r"Row \1", text),
        "a row split in two": _split(text),
        "a threshold moved by one, with a case": text.replace("| > 150 |", "| > 151 |"),
    }
    for name, other in others.items():
        after = load_text(other, "policy.md")
        yield _timed(
            name,
            lambda after=after: diff(policy, after),  # type: ignore[misc]
            lambda found: "alike for every use (proved)" if found.same else str(found.otherwise[0].facts),
        )


def _split(text: str) -> str:
    """The row R24 of two events as two rows of one event each."""
    (row,) = (line for line in text.splitlines() if line.startswith("| R24 "))
    first = row.replace("advance work, training", "advance work")
    second = row.replace("advance work, training", "training").replace("| R24 ", "| R24b ")
    return text.replace(row, f"{first}\n{second}").replace("R24,", "R24, R24b,")


Found = TypeVar("Found")


def _timed(name: str, work: Callable[[], Found], told: Callable[[Found], str]) -> _Timed:
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - start)
    return _Timed(name, statistics.median(seconds) * 1000, min(seconds) * 1000, told(found))


if __name__ == "__main__":
    print("\n".join(measure()))
