"""A changed rulebook over stored masks: which rules keep their bits, and which must be asked again.

The masks of a decided use say which rules of the old rulebook are true, open or false. A rule of the new
rulebook that asks for the same as some rule of the old one, on the same days, has that rule's bit; only the
other rules are asked of the facts. Overrides, outcomes, names and costs ask nothing of the facts.

Most uses do not notice a change. What a rule that must be asked again is *taken* to be, until it is asked, is
what the rule of the same name was (false, if there was none); then only the uses of which it is something
else need a look, and of the others only those where a rule is live whose outcome or overriders have changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeAlias

from wardbook.errors import WrongUseError
from wardbook.policy.classes import invariant_parts, names_read, rule_parts
from wardbook.policy.costs import facts_of
from wardbook.policy.determine import Docket, docket, outcome_names
from wardbook.policy.model import DAY, AllOf, Expression, Fact, Invariant, Rule, Rulebook
from wardbook.policy.pack import HALF, LOWER, Packing, packing
from wardbook.policy.read_rules import UNDETERMINED
from wardbook.policy.region import Region, region
from wardbook.policy.resolve import Kind, Verdict, members, resolve

Asked: TypeAlias = tuple[Any, ...]
"""What a rule or invariant asks of the facts: equal for two that are true of the same uses."""

CHANGED = "what has changed"


@dataclass(frozen=True)
class Decided:
    """What a use comes to: a label for each question (its rules, or why none decides), and the outcomes."""

    rules: tuple[str, ...]
    outcomes: tuple[tuple[str, str | None], ...]

    def outcome(self, name: str) -> str | None:
        """One outcome; None where it is not determined."""
        return dict(self.outcomes).get(name)


@dataclass(frozen=True)
class Halves:
    """The packed words of a use, joined: the rules that are true, and those that are not false."""

    true: int
    possible: int

    @classmethod
    def of(cls, words: Sequence[int]) -> Halves:
        """From packed words."""
        true = sum((word & LOWER) << HALF * at for at, word in enumerate(words))
        return cls(true, sum((word >> HALF) << HALF * at for at, word in enumerate(words)))

    def words(self, count: int) -> tuple[int, ...]:
        """As packed words."""
        return tuple(
            (self.true >> HALF * at & LOWER) | (self.possible >> HALF * at & LOWER) << HALF
            for at in range(count)
        )


@dataclass(frozen=True)
class _Moved:
    """Bits ``mask`` of one place that go to another, ``shift`` higher."""

    mask: int
    shift: int

    def __call__(self, bits: int) -> int:
        kept = bits & self.mask
        return kept << self.shift if self.shift >= 0 else kept >> -self.shift


@dataclass(frozen=True)
class _Item:
    """A rule or an invariant in its place, and what it asks."""

    place: int
    name: str
    asked: Asked
    rule: Rule | None


@dataclass(frozen=True)
class Edited:
    """The one rule that was changed, in some of its parts.

    ``parts`` is a docket of two rules, what the changed parts said and what they say; ``place`` is the rule's
    old place. ``region`` is where the two can differ, if that hangs on one fact.
    """

    parts: Docket
    place: int
    region: Region | None


class Reform:
    """An old rulebook and a new one, made ready; ``known`` as in `docket`."""

    def __init__(self, old: Rulebook, new: Rulebook, known: date | None = None) -> None:
        self.old, self.new = docket(old, known), docket(new, known)
        self.old_packing, self.new_packing = packing(self.old), packing(self.new)
        before, after = _items(self.old), _items(self.new)
        self._sources = dict(_sources(before, after))
        named = {(item.name, item.rule is None): item.place for item in before}
        self._taken = {
            item.place: named.get((item.name, item.rule is None))
            for item in after
            if item.place not in self._sources
        }
        again = [item for item in after if item.place in self._taken]
        self.asked = tuple(item.name for item in again)
        self._mend = self._taken_moves(again)
        self.changed = docket(_only(self.new.rulebook, again, _shared_facts(old, new)))
        self.changed_words = packing(self.changed).words if again else 0
        self.valid = Halves((1 << len(again)) - 1, (1 << len(again)) - 1).words(self.changed_words)
        self._from_old = _joined_moves((source, place) for place, source in self._sources.items())
        self._from_changed = _joined_moves((at, item.place) for at, item in enumerate(again))
        self.touched = self._touched(before, after)
        self.edited = self._edited(before, again)
        names = (*outcome_names(old), *outcome_names(new))
        self.outcomes = tuple(dict.fromkeys(names))
        self._known: dict[tuple[bool, Halves], Decided] = {}

    # ------------------------------------------------------------ words

    def before(self, words: Sequence[int]) -> Decided:
        """What a use with these stored words came to."""
        return self._decided(False, Halves.of(words))

    def after(self, words: Sequence[int], changed: Sequence[int]) -> Decided:
        """What it comes to under the new rulebook, given the words of what has changed."""
        old, asked = Halves.of(words), Halves.of(changed)
        return self._decided(
            True,
            Halves(
                sum(move(old.true) for move in self._from_old)
                + sum(move(asked.true) for move in self._from_changed),
                sum(move(old.possible) for move in self._from_old)
                + sum(move(asked.possible) for move in self._from_changed),
            ),
        )

    def taken(self, words: Sequence[int]) -> tuple[int, ...]:
        """The words of what has changed, as they are taken to be before they are asked."""
        old = Halves.of(words)
        moves, true, possible = self._mend
        found = Halves(
            true | sum(move(old.true) for move in moves), possible | sum(move(old.possible) for move in moves)
        )
        return found.words(self.changed_words)

    def taken_sql(self, names: Sequence[str]) -> list[str]:
        """The same in SQL, over the columns of the stored words."""
        _, true, possible = self._mend
        constant = Halves(true, possible).words(self.changed_words)
        texts: list[list[str]] = [[str(value)] for value in constant]
        for at, place in enumerate(self._taken):
            source = self._taken[place]
            if source is not None:
                word, bit = divmod(source, HALF)
                to, to_bit = divmod(at, HALF)
                for half in (0, HALF):
                    texts[to].append(f"((({names[word]} >> {bit + half}) & 1) << {to_bit + half})")
        return [f"CAST({' + '.join(parts)} AS BIGINT)" for parts in texts]

    def _taken_moves(self, again: Sequence[_Item]) -> tuple[tuple[_Moved, ...], int, int]:
        """Bits that come from the old rule of the same name, and those of what had no such rule."""
        pairs = [
            (source, at) for at, item in enumerate(again) if (source := self._taken[item.place]) is not None
        ]
        unbroken = sum(
            1 << at for at, item in enumerate(again) if item.rule is None and self._taken[item.place] is None
        )
        return tuple(_joined_moves(pairs)), unbroken, unbroken

    def _decided(self, is_new: bool, halves: Halves) -> Decided:
        key = (is_new, halves)
        if key not in self._known:
            ready, packed = (self.new, self.new_packing) if is_new else (self.old, self.old_packing)
            self._known[key] = self._resolved(ready, packed, halves)
        return self._known[key]

    def _resolved(self, ready: Docket, packed: Packing, halves: Halves) -> Decided:
        masks, broken = packed.masks(halves.words(packed.words))
        outcomes: dict[str, str | None] = dict.fromkeys(self.outcomes)
        if broken:
            return Decided(tuple(Kind.CONTRADICTION.value for _ in masks), tuple(outcomes.items()))
        labels = []
        for deck, (true, unknown) in zip(ready.decks, masks, strict=True):
            verdict = resolve(deck, true, unknown)
            for name, value in verdict.outcomes.items():
                outcomes[name] = None if value == UNDETERMINED else value
            labels.append(_label([rule.name for rule in deck.pick(verdict.standing)], verdict))
        return Decided(tuple(labels), tuple(outcomes.items()))

    # ------------------------------------------------------------ what is touched

    def _edited(self, before: Sequence[_Item], again: Sequence[_Item]) -> Edited | None:
        """The one rule that was changed in some of its parts, where nothing else must be asked."""
        source = self._taken[again[0].place] if len(again) == 1 else None
        if source is None or again[0].rule is None:
            return None
        old, new = before[source].rule, again[0].rule
        facts = {_reads(fact) for fact in self.new.rulebook.facts}
        if old is None or not facts.issuperset(before[source].asked[3]):
            return None
        was, now = _without_common(old, new)
        rulebook = _only(self.new.rulebook, [replace(again[0], rule=was), replace(again[0], rule=now)], {})
        parts = docket(rulebook)
        return Edited(parts, source, region(rulebook, was, now))

    def _touched(self, before: Sequence[_Item], after: Sequence[_Item]) -> tuple[int, int]:
        """Old rules (by place) that mean something else while live, and old invariants that are gone."""
        origin: dict[int, int | None] = {**self._sources, **self._taken}
        kept: dict[int | None, list[_Item]] = {}
        for item in after:
            kept.setdefault(origin[item.place], []).append(item)
        old_over, new_over = _overriders(self.old), _overriders(self.new)
        rules = gone = 0
        for item in before:
            now = kept.get(item.place, [])
            if item.rule is None:
                gone |= (not now) << item.place
            elif len(now) != 1 or now[0].rule is None or not _same_saying(item.rule, now[0].rule):
                rules |= 1 << item.place
            else:
                over = {origin[place] for place in new_over[now[0].place]} - {None}
                rules |= (over != old_over[item.place]) << item.place
        return rules, gone


def _without_common(old: Rule, new: Rule) -> tuple[Rule, Rule]:
    """Two versions of a rule, each without the parts and the days that they share."""
    mine, its = rule_parts(old), rule_parts(new)
    was = AllOf(tuple(part for part in mine if part not in its))
    now = AllOf(tuple(part for part in its if part not in mine))
    return _bare(old, "was", was, new), _bare(new, "now", now, old)


def _bare(rule: Rule, name: str, when: AllOf, other: Rule) -> Rule:
    """The rule with only ``when`` to ask, and without days in force that ``other`` shares."""
    days = (rule.in_force_from, rule.in_force_to)
    first, last = (None, None) if days == (other.in_force_from, other.in_force_to) else days
    return replace(
        rule, name=name, conditions=(), when=when, when_text="", in_force_from=first, in_force_to=last
    )


def _label(names: Sequence[str], verdict: Verdict) -> str:
    if verdict.kind is Kind.DECIDED:
        return ", ".join(names)
    told = {Kind.OPEN: "a fact is not known", Kind.NO_RULE: "no rule", Kind.CONFLICT: "conflict of "}
    return told[verdict.kind] + (", ".join(names) if verdict.kind is Kind.CONFLICT else "")


def _same_saying(one: Rule, other: Rule) -> bool:
    return (one.name, one.question, dict(one.outcomes)) == (other.name, other.question, dict(other.outcomes))


def _overriders(ready: Docket) -> dict[int, set[int]]:
    """The places of the rules that override each, by place."""
    found: dict[int, set[int]] = {}
    start = 0
    for deck in ready.decks:
        for at, over in enumerate(deck.overridden_by):
            found[start + at] = {start + index for index in members(over)}
        start += len(deck.rules)
    return found


def _sources(before: Sequence[_Item], after: Sequence[_Item]) -> Iterator[tuple[int, int]]:
    """For each new place whose rule asks what an old one asks: that old place, if it can be of its name."""
    by_asked: dict[Asked, dict[str, int]] = {}
    for item in before:
        by_asked.setdefault(item.asked, {}).setdefault(item.name, item.place)
    for item in after:
        same = by_asked.get(item.asked)
        if same:
            yield item.place, same.get(item.name, next(iter(same.values())))


def _joined_moves(pairs: Any) -> tuple[_Moved, ...]:
    """Moves of single bits (from, to), joined where they go equally far."""
    found: dict[int, int] = {}
    for source, place in pairs:
        found[place - source] = found.get(place - source, 0) | 1 << source
    return tuple(_Moved(mask, shift) for shift, mask in found.items())


# ---------------------------------------------------------------- what is asked


def _items(ready: Docket) -> list[_Item]:
    """Every rule and then every invariant, by place."""
    facts = {fact.name: fact for fact in ready.rulebook.facts}
    found: list[_Item] = []
    for rule in (rule for deck in ready.decks for rule in deck.rules):
        days = (rule.in_force_from, rule.in_force_to)
        found.append(_Item(len(found), rule.name, _asked(rule_parts(rule), facts, days), rule))
    for one in ready.rulebook.invariants:
        found.append(_Item(len(found), one.name, _asked(invariant_parts(one), facts, ()), None))
    return found


def _asked(parts: Sequence[Expression], facts: Mapping[str, Fact], days: tuple[date | None, ...]) -> Asked:
    names = sorted({name for part in parts for name in names_read(part)} - {DAY})
    kind = "rule" if days else "invariant"
    return (kind, frozenset(parts), days, tuple(_reads(facts[name]) for name in names))


def _reads(fact: Fact) -> tuple[Any, ...]:
    """What of a fact's declaration settles its value."""
    aliases = tuple(sorted(fact.aliases.items()))
    return (fact.name, fact.reads, fact.type, fact.values, aliases, fact.unit, fact.low, fact.high)


def _only(new: Rulebook, again: Sequence[_Item], more: Mapping[str, Fact]) -> Rulebook:
    """The new rulebook cut down to what has changed, to the facts that it reads, and ``more`` facts."""
    rules = [item.rule for item in again if item.rule is not None]
    names = {item.name for item in again if item.rule is None}
    invariants: list[Invariant] = [one for one in new.invariants if one.name in names]
    parts = [part for rule in rules for part in rule_parts(rule)]
    parts += [part for one in invariants for part in invariant_parts(one)]
    read = {name for part in parts for name in names_read(part)}
    bare = tuple(
        replace(rule, question=CHANGED, overrides=(), known_from=None, known_to=None) for rule in rules
    )
    own = {fact.name: fact for fact in new.facts if fact.name in read}
    facts = tuple({**more, **own}.values())
    return replace(new, questions=(CHANGED,), rules=bare, invariants=tuple(invariants), facts=facts)


def _shared_facts(old: Rulebook, new: Rulebook) -> dict[str, Fact]:
    """The facts by which costs are shared, under either rulebook. Raises `WrongUseError`."""
    found: dict[str, Fact] = {}
    for rulebook in (old, new):
        facts = {fact.name: fact for fact in rulebook.facts}
        for name in sorted({f.name for rule in rulebook.cost_rules for f in facts_of(rulebook, rule)}):
            if name in found and _reads(found[name]) != _reads(facts[name]):
                raise WrongUseError(
                    f"{name}, by which costs are shared, is declared in two ways: decide the uses afresh"
                )
            found[name] = facts[name]
    return found
