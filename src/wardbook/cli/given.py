"""Names with values given on the command line: facts and outcomes of a rulebook as options."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wardbook.errors import WrongUseError
from wardbook.policy.sheet import plain


def from_options(arguments: Sequence[str], what: str) -> dict[str, str]:
    """``--NAME VALUE`` and ``--NAME=VALUE`` as pairs; ``what`` names such an option in a message.

    Raises `WrongUseError` for a word that is no option, and for a name that is given twice.
    """
    pairs: list[tuple[str, str]] = []
    words = iter(arguments)
    for word in words:
        if not word.startswith("--"):
            raise WrongUseError(f"expected --{what} VALUE; found {word!r}")
        name, equals, value = word[2:].partition("=")
        pairs.append((name, value if equals else next(words, "")))
    return _once(pairs, what)


def from_pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    """``NAME=VALUE``, the argument of ``option``, as pairs. Raises `WrongUseError` as `from_options` does."""
    pairs: list[tuple[str, str]] = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise WrongUseError(f"{option}: expected OUTCOME=VALUE, such as permitted=yes; found {text!r}")
        pairs.append((name, value))
    return _once(pairs, "OUTCOME")


def _once(pairs: Iterable[tuple[str, str]], what: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if any(plain(name) == plain(other) for other in found):
            raise WrongUseError(f"expected each {what.lower()} once; found {name!r} twice")
        found[name] = value
    return found
