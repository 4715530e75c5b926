"""Why and why-not of single cases, measured: ``python -m benchmarks.rulebooks.reasons [--cases N]``."""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from wardbook.policy.model import FactType, FactValue, Rulebook
from wardbook.policy.read import load
from wardbook.policy.why import Explainer
from wardbook.policy.why_not import Advisor

from .data import MAY_BE_UNKNOWN, MOST

POLICY = Path(__file__).with_name("policy.md")
FIRST_DAY = date(2005, 1, 1)
ROUNDS = 3

T = TypeVar("T")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=1000)
    for line in measure(load(POLICY), options.parse_args().cases):
        print(line)


def measure(policy: Rulebook, cases: int) -> list[str]:
    """The time of ``why`` and of ``why-not`` for ``cases`` random cases, with the rulebook made ready once.

    What is wanted is another value of one outcome than the case has; each time is the best of three. Each
    case is asked twice: with no fact that may be changed (so the answer is what stands in the way), and with
    every fact.
    """
    lines = [f"why and why-not of {cases:,} cases, {len(policy.rules)} rules, {len(policy.facts)} facts"]
    for words, changeable in (("no fact may be changed", False), ("every fact may be changed", True)):
        facts = tuple(replace(fact, changeable=changeable) for fact in policy.facts)
        whys, both, answered = _times(replace(policy, facts=facts), cases)
        lines.append(f"  why{'':<42} {_spread(whys)}")
        lines.append(f"  why plus why-not, {words:<27} {_spread(both)}, {answered:,} with a change")
    return lines


def _times(policy: Rulebook, cases: int) -> tuple[list[float], list[float], int]:
    """Seconds of why, seconds of why and why-not together, and how many cases have a lawful change."""
    explainer, advisor = Explainer(policy), Advisor(policy)
    chance = random.Random(20)
    whys, both, answered = [], [], 0
    for values, day in random_cases(policy, cases):
        first, why = _best(lambda: explainer.why(values, day))  # noqa: B023
        wanted = _another(policy, why.questions[0].outcomes, chance)
        second, found = _best(lambda: advisor.why_not(values, day, wanted))  # noqa: B023
        whys.append(first)
        both.append(first + second)
        answered += bool(found.alternatives)
    return whys, both, answered


def _best(work: Callable[[], T]) -> tuple[float, T]:
    """The best time of `ROUNDS` rounds, in seconds, and the result."""
    seconds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - begun)
    return min(seconds), found


def random_cases(policy: Rulebook, cases: int) -> Iterator[tuple[dict[str, FactValue], date]]:
    """Random cases of the benchmark policy, the same each time; some facts are not known in one of ten."""
    chance = random.Random(10)
    for _ in range(cases):
        values: dict[str, FactValue] = {}
        for fact in policy.facts:
            known = fact.name not in MAY_BE_UNKNOWN or chance.random() >= 0.1
            if fact.type is FactType.ENUM:
                value: FactValue = chance.choice(fact.values)
            elif fact.type is FactType.YES_NO:
                value = chance.random() < 0.5
            elif fact.type is FactType.DECIMAL:
                value = Decimal(chance.randrange(40)) / 4
            else:
                value = chance.randrange(MOST.get(fact.name, 100) + 1)
            values[fact.name] = value if known else None
        yield values, FIRST_DAY + timedelta(days=chance.randrange(7000))


def _another(policy: Rulebook, outcomes: Mapping[str, str], chance: random.Random) -> dict[str, str]:
    """One outcome with a value that some rule gives and the case does not have."""
    name = chance.choice(sorted({name for rule in policy.rules for name in rule.outcomes}))
    said = dict.fromkeys(rule.outcomes[name] for rule in policy.rules if name in rule.outcomes)
    return {name: chance.choice([value for value in said if value != outcomes.get(name)])}


def _spread(seconds: list[float]) -> str:
    late = sorted(seconds)[int(len(seconds) * 0.95)]
    return f"median {statistics.median(seconds) * 1000:6.3f} ms, 95 % within {late * 1000:6.3f} ms"


if __name__ == "__main__":
    main()
