"""Seven signs of obstruction, on seeded histories: tampered ones must be found, honest ones give no alarm.

``python -m tests.custody.obstruction 1000 [SEED]`` plays so many tampered and so many honest histories of
each sign, on real books, logs and witnesses, and prints what was found. All that is tampered with
was cosigned before: each first version, and each state of a log. The signs and what tells them:

====================  =====================================================================
altered after notice  PRO-01 tells of rows that are altered or removed
back-dated            PRO-02
deleted               PRO-03 (numbers missing), PRO-04 (records asked for that did not come)
truncated             ``fsck`` with a kept checkpoint, and the witness
rewritten             the same
split view            the witness keeps both checkpoints, and ``fsck`` with the other one
stalled               ``fsck`` with the book's policy
====================  =====================================================================

An honest source may grow by rows of later whole days, come in another order, be corrected before the notice,
and be numbered with gaps where its numbers are shared. Rows of the last day that come later, and numbers that
lack at the ends, are beyond what one production tells.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from tests.accounts.small_book import rulebook
from wardbook.cli.witness_client import request_of
from wardbook.custody.note import parse_signature
from wardbook.custody.witness import Answer, Witness
from wardbook.findings.procedure import Observation, Procedure
from wardbook.findings.productions import ALTERED_AFTER_NOTICE, BACK_DATED, KEY_GAPS, UNANSWERED
from wardbook.intake.take_in import take_in
from wardbook.records.book import ANSWER, NOTICE, REQUEST, Book
from wardbook.records.engine import Engine
from wardbook.records.fsck import fsck
from wardbook.records.macros import define_macros
from wardbook.records.settings import Settings

SETTINGS = Settings(title="A case", time_zone="America/New_York")
NOW = 1_700_000_000
IN_MEMORY = "/dev/shm"
BATCH = 100
"""Histories of sources that one book holds."""

Row = tuple[str, str, str, str]
WORK = ("Inspection of site", "Meeting at hall", "Training at range", "Ceremony at bridge", "Escort to gate")
PRIVATE = ("Family visit", "Furniture moved", "Fundraiser", "Airport, a relative", "Errand")


@dataclass(frozen=True)
class Played:
    """One history: whether it was tampered with, and whether the sign was given."""

    seed: str
    is_tampered: bool
    is_told: bool

    @property
    def is_wrong(self) -> bool:
        """A miss, or a false alarm."""
        return self.is_tampered != self.is_told


# ---------------------------------------------------------------- sources and their productions


@dataclass(frozen=True)
class Source:
    """The log of one vehicle in its versions: at first, at the notice, and when it was produced again."""

    first: Sequence[Row]
    noticed: Sequence[Row]
    produced: Sequence[Row]


def rows(rng: Random, vehicle: str, count: int, first_day: int = 0, first_key: int = 1) -> list[Row]:
    """The entries of whole days, numbered one after the other."""
    found, day = [], first_day
    for number in range(first_key, first_key + count):
        day += rng.choice((0, 0, 1, 2))
        when = date(2024, 1, 1) + timedelta(day)
        found.append((str(number), when.isoformat(), vehicle, f"{rng.choice(WORK)} {rng.randrange(90)}"))
    return found


def grown(rng: Random, before: Sequence[Row]) -> list[Row]:
    """With entries of later days."""
    last = date.fromisoformat(max(row[1] for row in before))
    after = (last - date(2024, 1, 1)).days + 1
    return [*before, *rows(rng, before[0][2], rng.randrange(9), after, len(before) + 1)]


def _honest(rng: Random, vehicle: str) -> Source:
    first = rows(rng, vehicle, rng.randrange(21, 45))
    noticed = list(first)
    if rng.random() < 0.3:  # a correction, openly, before the notice
        at = rng.randrange(len(noticed))
        noticed[at] = (*noticed[at][:3], f"{noticed[at][3]} (corrected)")
    produced = grown(rng, noticed) if rng.random() < 0.6 else list(noticed)
    if rng.random() < 0.5:
        rng.shuffle(produced)
    return Source(first, noticed, produced)


def _altered(rng: Random, vehicle: str) -> Source:
    honest = _honest(rng, vehicle)
    produced = list(honest.produced)
    there = set(honest.noticed)
    for _ in range(rng.choice((1, 1, 2, 5))):
        chosen = [at for at, row in enumerate(produced) if row in there]
        at = rng.choice(chosen)
        key, day, car, purpose = produced[at]
        other = date.fromisoformat(day) - timedelta(rng.randrange(1, 30))
        changes: tuple[Row | None, ...] = (
            (key, day, car, rng.choice(PRIVATE)),
            (key, day, car, f"{purpose[:-1]}."),
            (key, other.isoformat(), car, purpose),
            None,
        )
        changed = rng.choice(changes)
        produced[at : at + 1] = [] if changed is None else [changed]
    return Source(honest.first, honest.noticed, produced)


def _back_dated(rng: Random, vehicle: str) -> Source:
    honest = _honest(rng, vehicle)
    produced = list(honest.produced)
    for number in range(rng.choice((1, 1, 3))):
        day = rng.choice(honest.noticed)[1]
        row = (str(900 + number), day, vehicle, f"{rng.choice(WORK)}, added {number}")
        produced.insert(rng.randrange(len(produced) + 1), row)
    return Source(honest.first, honest.noticed, produced)


def _numbered(rng: Random, vehicle: str) -> Source:
    """Whole, or without numbers, or few, or with numbers that are shared with other vehicles."""
    found = rows(rng, vehicle, rng.randrange(30, 60))
    kind = rng.randrange(4)
    if kind == 1:
        found = [("", *row[1:]) for row in found]
    elif kind == 2:
        found = [row for row in found[:18] if rng.random() < 0.8]
    elif kind == 3:
        found = [(str(3 * at + rng.randrange(2) + 1), *row[1:]) for at, row in enumerate(found)]
    return Source(found, found, found)


def _gapped(rng: Random, vehicle: str) -> Source:
    found = rows(rng, vehicle, rng.randrange(40, 60))
    gone = set(rng.sample(range(1, len(found) - 1), rng.randrange(1, 4)))
    kept = [row for at, row in enumerate(found) if at not in gone]
    return Source(kept, kept, kept)


Draw = Callable[[Random, str], Source]


def _sheet(place: Path, found: Sequence[Row]) -> None:
    place.mkdir(parents=True)
    with (place / "log_entries.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("source_key", "day", "vehicle", "stated_purpose"), *found])


def productions(
    sign: str, procedure: Procedure, honest: Draw, tampered: Draw, told: Callable[[Observation], bool]
) -> Callable[[int, int, Path], Iterator[Played]]:
    """Histories of sources, many in a book: taken in, cosigned, noticed, taken in again."""

    def play(count: int, seed: int, place: Path) -> Iterator[Played]:
        drawn = [
            (f"{sign}, {seed}, {number}, {kind.__name__}", kind is tampered, kind)
            for number in range(count)
            for kind in (honest, tampered)
        ]
        for begin in range(0, len(drawn), BATCH):
            part = drawn[begin : begin + BATCH]
            sources = {f"{at:04}": kind(Random(name), f"C{at:04}") for at, (name, _, kind) in enumerate(part)}
            found = _found(procedure, sources, place / f"{sign.replace(' ', '-')}-{begin}")
            for at, (name, is_tampered, _) in enumerate(part):
                mine = [one for one in found if one.title.startswith(f"{at:04}/")]
                yield Played(name, is_tampered, any(map(told, mine)))

    return play


def _found(procedure: Procedure, sources: dict[str, Source], place: Path) -> list[Observation]:
    place.mkdir()
    book = Book.create(place / "case.book", SETTINGS)
    case = Case(book, place)
    for name in ("first", "noticed", "produced"):
        for path, source in sources.items():
            _sheet(place / name / path, getattr(source, name))
        take_in(book, [place / name])
        assert case.cosign() >= 1
        if name == "noticed":
            book.act(NOTICE, {"by": "the inspector", "whom": "the unit", "words": "all logs"})
    assert fsck(book, case.kept, datetime.now(UTC)) == ()
    return _run(procedure, book)


def _run(procedure: Procedure, book: Book) -> list[Observation]:
    with book, Engine() as engine:
        book.relations(engine)
        define_macros(engine, SETTINGS)
        return list(procedure.run(engine, rulebook()))


def requests(count: int, seed: int, place: Path) -> Iterator[Played]:
    """Requests for messages: answered with records or not due yet; or late, or answered with nothing."""
    book = Book.create(place / "requests.book", SETTINGS)
    drawn: dict[int, tuple[str, bool]] = {}
    with book.writing():
        for number in range(2 * count):
            name, is_tampered = f"requests, {seed}, {number}", bool(number % 2)
            drawn[_ask(book, Random(name), is_tampered)] = (name, is_tampered)
    found = " ".join(one.condition.split(" of the log")[0] + ";" for one in _run(UNANSWERED, book))
    for entry, (name, is_tampered) in drawn.items():
        yield Played(name, is_tampered, f"Entry {entry};" in found)


def _ask(book: Book, rng: Random, is_tampered: bool) -> int:
    asked = {"by": "the inspector", "whom": "the unit", "words": f"messages of week {rng.randrange(50)}"}
    late, nil = (rng.random() < 0.5, True) if is_tampered else (False, False)
    due = "2024-05-01" if is_tampered or rng.random() < 0.7 else "2999-01-01"
    number = book.act(REQUEST, {**asked, "due": due})
    if late or (due > "2030" and not is_tampered):
        return number
    words = "none exist" if nil else "attached"
    book.act(
        ANSWER, {"by": "a clerk", "produced": not nil, "request": number, "whom": "the unit", "words": words}
    )
    if rng.random() < 0.3 and not is_tampered:  # a first answer without records, and a second with them
        more = {"by": "a clerk", "produced": False, "request": number, "whom": "the unit", "words": "soon"}
        book.act(ANSWER, more)
    return number


# ---------------------------------------------------------------- logs and their witnesses


class Case:
    """A book, three witnesses of which two are enough, and the checkpoints that others kept."""

    def __init__(self, book: Book, place: Path) -> None:
        self.book = book
        self.witnesses = [Witness.create(place / f"w{n}", f"witness.example/w{n}") for n in range(3)]
        self.kept: list[bytes] = []
        for one in self.witnesses:
            one.trust(book.log.keys[0].text)
        names = [f"witness w{n} {one.keys[0].text}" for n, one in enumerate(self.witnesses)]
        lines = [f"log {book.log.keys[0].text}", *names, "group two 2 w0 w1 w2", "quorum two", ""]
        book.act("policy", {"by": "A. Reader", "policy": "\n".join(lines)})
        self.at = book.log.entries()[-1].at

    def ask(self, witness: Witness, book: Book | None = None) -> Answer:
        """Show a witness the latest checkpoint; from the size that it says, where that can be proved."""
        log = (book or self.book).log
        answer = witness.add(request_of(log, 0), NOW)
        if answer.status == 409 and int(answer.body) <= len(log):
            answer = witness.add(request_of(log, int(answer.body)), NOW)
        return answer

    def cosign(self, *chosen: int) -> int:
        """Have witnesses (default: all) sign the latest checkpoint, and keep it outside; how many did."""
        size, signed = len(self.book.log), 0
        self.book.log.sign_for_decades(self.at)
        for one in chosen or range(3):
            answer = self.ask(self.witnesses[one])
            if answer.status == 200:
                self.book.log.cosign(size, [parse_signature(line) for line in answer.body.splitlines()])
                signed += 1
        self.kept.append(self.book.log.signed_checkpoint())
        return signed

    def enter(self, rng: Random, count: int, later: timedelta = timedelta(0)) -> None:
        """Enter so many acts, minutes apart, the first of them so much later than the last one."""
        self.at += later
        with self.book.log.writing():
            for _ in range(count):
                self.at += timedelta(minutes=rng.randrange(1, 30))
                self.book.log.append("view", {"what": f"page {rng.randrange(10**9)}"}, self.at)

    def copy(self, name: str) -> Path:
        """A copy of the book as it is, with its keys, closed."""
        return Path(shutil.copytree(self.book.path, self.book.path.with_name(name)))

    def put_back(self, older: Path) -> None:
        """What a holder does who puts an older copy in the place of the book."""
        path = self.book.path
        self.book.log.close()
        shutil.rmtree(path)
        shutil.copytree(older, path)
        self.book = Book(path)


def _begin(name: str, place: Path) -> tuple[Case, Random]:
    rng, folder = Random(name), place / name.replace(", ", "-").replace(" ", "-")
    folder.mkdir()
    book = Book.create(folder / "case.book", SETTINGS)
    return Case(book, folder), rng


def logs(
    sign: str, play_one: Callable[[Case, Random, bool], bool]
) -> Callable[[int, int, Path], Iterator[Played]]:
    """Histories of logs, each in a book of its own."""

    def play(count: int, seed: int, place: Path) -> Iterator[Played]:
        for number in range(2 * count):
            name, is_tampered = f"{sign}, {seed}, {number}", bool(number % 2)
            case, rng = _begin(name, place)
            told = play_one(case, rng, is_tampered)
            case.book.log.close()
            shutil.rmtree(case.book.path.parent)
            yield Played(name, is_tampered, told)

    return play


def _some(case: Case, rng: Random, times: int) -> None:
    for _ in range(times):
        case.enter(rng, rng.randrange(1, 9))
        case.cosign(*rng.sample(range(3), rng.randrange(2, 4)))


def _both(told: bool, refused: bool, is_tampered: bool) -> bool:
    """Of a tampered history both must tell; of an honest one neither."""
    return told and refused if is_tampered else told or refused


def _problems(case: Case, book: Book | None = None) -> tuple[str, ...]:
    return fsck(book or case.book, case.kept, case.at + timedelta(hours=12))


def _turned_back(case: Case, rng: Random, is_tampered: bool, is_longer: bool, sign: str) -> bool:
    """An older copy is put in place of the book, and goes on: shorter, or as long, than what was cosigned."""
    _some(case, rng, rng.randrange(1, 3))
    older, size = case.copy("older.book"), len(case.book.log)
    if is_tampered:
        _some(case, rng, rng.randrange(1, 3))
        more = len(case.book.log) - size
        case.put_back(older)
        case.enter(rng, more + rng.randrange(4) if is_longer else rng.randrange(more))
    else:
        if rng.random() < 0.5:  # an honest restoration: nothing was entered since the copy
            case.put_back(older)
        _some(case, rng, rng.randrange(1, 3))
    told = any(one.startswith(sign) for one in _problems(case))
    answers = [case.ask(witness) for witness in case.witnesses]
    refused = any(one.status != 200 for one in answers)
    if sign == "rewritten":
        refused = refused and any(witness.exhibits() for witness in case.witnesses)
    if not is_tampered:
        told = bool(_problems(case)) or any(witness.exhibits() for witness in case.witnesses)
    return _both(told, refused, is_tampered)


def _truncated(case: Case, rng: Random, is_tampered: bool) -> bool:
    return _turned_back(case, rng, is_tampered, False, "truncated")


def _rewritten(case: Case, rng: Random, is_tampered: bool) -> bool:
    return _turned_back(case, rng, is_tampered, True, "rewritten")


def _split(case: Case, rng: Random, is_tampered: bool) -> bool:
    """Two books go on from one, each with its own entries, and each is shown to a witness."""
    _some(case, rng, rng.randrange(1, 3))
    other = Book(case.copy("other.book"))
    before = len(case.book.log)
    _some(case, rng, 1)
    if is_tampered:
        more = len(case.book.log) - before
        with other.log.writing():
            for number in range(more + rng.randrange(3)):
                other.log.append("view", {"what": f"otherwise {number}"}, case.at)
        for witness in case.witnesses:
            case.ask(witness, other)
        told = any(one.startswith("rewritten") for one in _problems(case, other))
    else:  # an older request that comes late, the same one again, a witness that was away
        for witness in rng.choices(case.witnesses, k=4):
            witness.add(request_of(other.log, rng.randrange(before + 1)), NOW)
            case.ask(witness)
        told = bool(_problems(case))
    other.log.close()
    return _both(told, any(witness.exhibits() for witness in case.witnesses), is_tampered)


def _stalled(case: Case, rng: Random, is_tampered: bool) -> bool:
    """Over days: a quorum signs within the day, with one witness silent at times; or it is kept away."""
    for _ in range(rng.randrange(1, 4)):
        case.enter(rng, rng.randrange(1, 6), timedelta(hours=rng.randrange(1, 18)))
        case.cosign(*rng.sample(range(3), rng.randrange(2, 4)))
    waits = rng.random() < 0.7 or is_tampered
    if waits:
        case.enter(rng, rng.randrange(1, 6), timedelta(hours=rng.randrange(1, 18)))
        if is_tampered and rng.random() < 0.5:
            case.cosign(rng.randrange(3))  # one alone is no quorum
    wait = timedelta(hours=27 + rng.randrange(100)) if is_tampered else timedelta(hours=rng.randrange(20))
    if not waits:
        wait += timedelta(hours=rng.randrange(100))
    problems = fsck(case.book, case.kept, case.at + wait)
    return any(one.startswith("stalled") for one in problems) if is_tampered else bool(problems)


# ---------------------------------------------------------------- the suite


def _tells_of_change(one: Observation) -> bool:
    return " altered" in one.title or " removed" in one.title


def _any(_one: Observation) -> bool:
    return True


SIGNS: dict[str, Callable[[int, int, Path], Iterator[Played]]] = {
    "altered after notice": productions(
        "altered", ALTERED_AFTER_NOTICE, _honest, _altered, _tells_of_change
    ),
    "back-dated": productions("back-dated", BACK_DATED, _honest, _back_dated, _any),
    "deleted: gaps": productions("gaps", KEY_GAPS, _numbered, _gapped, _any),
    "deleted: requests": requests,
    "truncated": logs("truncated", _truncated),
    "rewritten": logs("rewritten", _rewritten),
    "split view": logs("split", _split),
    "stalled": logs("stalled", _stalled),
}


def played(sign: str, count: int, seed: int = 0) -> list[Played]:
    """So many tampered and so many honest histories of a sign."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if Path(IN_MEMORY).is_dir() else None) as place:
        return list(SIGNS[sign](count, seed, Path(place)))


def main(count: int, seed: int) -> int:
    """Play all signs and print what was found; the number of signs that fall short."""
    short = 0
    for sign in SIGNS:
        found = played(sign, count, seed)
        wrong = [one for one in found if one.is_wrong]
        missed = sum(one.is_tampered for one in wrong)
        alarms = len(wrong) - missed
        short += bool(missed) or alarms * 1000 > count
        sys.stdout.write(
            f"{sign}: {count - missed} of {count} tampered found, {alarms} alarms on {count} honest"
            f"{''.join(f'; {one.seed}' for one in wrong[:3])}\n"
        )
        sys.stdout.flush()
    return short


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0) > 0)
