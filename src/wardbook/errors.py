"""The errors of wardbook, one family.

Errors about the world (a bad row, an unknown place) are data, kept in the book as set-aside rows.
The classes here stop a command. Each carries the exit code that ``wardbook`` documents:

==== ==========================================================
code meaning
==== ==========================================================
0    done
1    done, and something needs a person (with ``--strict``; a proof that fails, a draft)
2    wrong use of the command
3    input refused; the book is as it was
4    verification failed
5    internal error
130  interrupted (Ctrl-C); the book is as it was
141  whoever read the output went away
==== ==========================================================
"""

from __future__ import annotations


class WardbookError(Exception):
    """Base of every error that stops a command. ``exit_code`` is what the command returns."""

    exit_code = 5


class WrongUseError(WardbookError):
    """The command was asked for something that does not exist or contradicts itself."""

    exit_code = 2


class InputRefusedError(WardbookError):
    """An input cannot be taken; nothing was changed.

    Parameters are the four things every refusal says: where (file, with page or line when known),
    what was expected, what was found, and what to do about it.
    """

    exit_code = 3

    def __init__(self, where: str, expected: str, found: str, advice: str) -> None:
        super().__init__(f"{where}: expected {expected}; found {found}. {advice}")
        self.where = where
        self.expected = expected
        self.found = found
        self.advice = advice


class NotWrittenError(WardbookError):
    """The book cannot be written now (another process writes it, the disk is full); it is as it was."""

    exit_code = 3


class VerificationError(WardbookError):
    """Something in the book is not what its log says it is."""

    exit_code = 4
