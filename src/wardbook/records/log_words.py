"""Entries of a book's log in plain words, and the certificate that a court is given with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from wardbook.custody.log import Entry
from wardbook.custody.tree import leaf_hash
from wardbook.errors import WrongUseError
from wardbook.records.book import Book

Body = Mapping[str, Any]


def _take_in(body: Body) -> str:
    tables = ", ".join(f"{count:,} {name}" for name, count in sorted(body["counts"].items()))
    passed = f"; {len(body['passed_over'])} files could not be read" if body.get("passed_over") else ""
    return (
        f"{len(body['exhibits'])} exhibits were taken in from {body['source']}: {tables or 'no rows'}{passed}"
    )


def _judgement(body: Body) -> str:
    other = f" and {body['right_key']!r}" if body.get("right_key") else ""
    what = f"{body['by_whom']} judged ({body['kind']}) {body['left_key']!r}{other}: {body['verdict']}"
    return f"{what}. Why: {body['why']}"


def _bundle(body: Body) -> str:
    count = len(body["withheld"]) + len(body["withheld_exhibits"])
    kept = f", with {count} parts withheld" if count else ", with nothing withheld"
    return f"{body['by']} exported the book as {body['name']}{kept}. Why: {body['why']}"


def _answer(body: Body) -> str:
    came = "records came with it" if body["produced"] else "no records came with it"
    return f"{body['whom']} answered the request of entry {body['request']}: {body['words']} ({came})"


WORDS: Mapping[str, Callable[[Body], str]] = {
    "init": lambda body: f"the book {body['title']!r} was made",
    "settings": lambda body: f"{body['by']} changed the settings of the book (book.toml)",
    "take-in": _take_in,
    "judgement": _judgement,
    "audit": lambda body: (
        f"the book was audited as {body['name']} under the rulebook {body['rulebook'][:12]}... by wardbook "
        f"{body['program']}; the digest of the audit's manifest is {body['manifest']}"
    ),
    "view": lambda body: f"{body['what']} was shown",
    "bundle": _bundle,
    "export": lambda body: (
        f"the report of the audit {body['audit']} was written as {body['form']} for {body['readers']} "
        f"readers; the SHA-256 of the file is {body['sha256']}"
    ),
    "review": lambda body: (
        f"{' and '.join(body['by'])} marked the sentences of the report {body['report'][:12]}..., which "
        f"{body['author']} wrote: {body['agree']} agreed to, {body['open']} not yet marked"
    ),
    "policy": lambda body: f"{body['by']} set the policy of witnesses",
    "expunge": lambda body: (
        f"by {body['order']}, {body['by']} destroyed what entry {body['entry']} stands for; that entry, and "
        "every proof about it, stays"
    ),
    "key": lambda body: f"{body['by']} let the log be signed with fresh keys from here on",
    "freeze": lambda body: f"{body['by']} ended the log: this is the last entry it takes",
    "stamp": lambda body: (
        f"the time-stamp authority {body['authority']} saw the checkpoint of {body['size']} entries at "
        f"{body['time']}, by its own clock"
    ),
    "notice": lambda body: f"{body['by']} told {body['whom']} to preserve records: {body['words']}",
    "request": lambda body: (
        f"{body['by']} asked {body['whom']} for records: {body['words']}"
        + (f", by {body['due']}" if body.get("due") else "")
    ),
    "answer": _answer,
}
"""What each kind of entry says, from its body."""


def explain(book: Book, number: int) -> Iterator[str]:
    """An entry in plain words: what it says, and what the log proves of it; one paragraph a line.

    Raises `WrongUseError` for a number that the log does not have.
    """
    entry = next((e for e in book.log.entries() if e.number == number), None)
    if entry is None:
        raise WrongUseError(f"the log has no entry {number} of an act; it has {len(book.log)} entries")
    made = f"made {entry.at:%Y-%m-%d %H:%M:%S} UTC by the clock of the computer"
    yield f"Entry {number}, {made}: {_said(entry)}."
    yield from _proved(book, entry)


def _said(entry: Entry) -> str:
    if entry.expunged_by is not None:
        return f"an act of the kind {entry.kind!r}; what it said was expunged by entry {entry.expunged_by}"
    words = WORDS.get(entry.kind)
    return words(entry.body) if words else f"an act of the kind {entry.kind!r}"


def _proved(book: Book, entry: Entry) -> Iterator[str]:
    log = book.log
    (text,) = log.texts(entry.number, entry.number + 1)
    first = next(size for size in log.sizes() if size > entry.number)
    yield (
        f"The entry has the number {entry.number} in a list to which one can only add. Its fingerprint "
        f"(SHA-256) is {leaf_hash(text).hex()}; it and all entries before it have one common fingerprint, "
        f"which was signed when there were {first}, and is part of every later one of the {len(log)}."
    )
    yield (
        "So: nobody can have changed, removed or moved this entry since the earliest checkpoint of "
        f"{first} or more entries that someone outside kept or signed, without its showing. What is written "
        "was entered in these words; whether it is true, and whether something else was never entered, no "
        "log can show."
    )


CERTIFICATE = """CERTIFICATE OF ELECTRONIC RECORDS
(Federal Rules of Evidence 902(11), 902(13) and 902(14); to be checked by counsel before use)

1. I, {name}, {title}, am qualified to make this certificate by my training and by my work with the system
   described here.
2. The records are those of the book
   "{book}".
   They were taken into wardbook {version}, a program that keeps each source byte for byte under its SHA-256
   digest, and enters every act in an append-only log (RFC 6962; C2SP tlog-tiles, signed-note and
   tlog-cosignature).
3. The log's name is {origin}. On {day} it had {size} entries with the root hash
   {root}
   and the keys that sign it are
{keys}
4. (902(13)) The log is made by a process that gives an accurate result: each entry is hashed into a tree
   whose root is signed in the same step as the entry is stored. Whoever has the entry, its proof and the
   signed root can repeat the computation by hand or with any program that follows the published
   specifications.
5. (902(14)) The copies delivered with this certificate are identified by their digests, which are part of
   entries of the log:
{exhibits}
6. I checked the whole log and every file of the book on {day}: {check}
7. Of what the log cannot show: records that were never entered, and whether what was entered is true.

I declare under penalty of perjury that this is true and correct.

Date: ____________________        Signature: ______________________________
"""


def certificate(book: Book, name: str, title: str, version: str, at: datetime, check: str) -> str:
    """The certificate for electronic records, filled in from the log; ``check`` is what a check found.

    Raises `WrongUseError` for a book without a take-in.
    """
    digests = sorted({one for entry in book.take_ins() for one in entry.body["exhibits"]})
    if not digests:
        raise WrongUseError("the book has no exhibit to certify")
    size, root = book.log.checkpoint().split(" ")
    return CERTIFICATE.format(
        name=name,
        title=title,
        book=" ".join(book.settings.title.split()),
        version=version,
        origin=book.log.origin,
        day=f"{at:%d %B %Y} (UTC)",
        size=size,
        root=root,
        keys="\n".join(f"   {key.text[:100]}{'...' if len(key.text) > 100 else ''}" for key in book.log.keys),
        exhibits="\n".join(f"   {one}" for one in digests),
        check=check,
    )
