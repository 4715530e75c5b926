"""The commands of wardbook: thin, each one call into the house.

Results go to stdout, progress and problems to stderr. Exit codes are those of `wardbook.errors`.
"""

from wardbook.cli import (
    asking,
    asking_others,
    audits,
    books,
    custody,
    deciding,
    exchanging,
    explaining,
    log_keys,
    reconciling,
    reforming,
    reporting,
    rulebooks,
    showing,
    statements,
    tracing,
    verifiers,
    witnessing,
)
from wardbook.cli.group import main

__all__ = [
    "asking",
    "asking_others",
    "audits",
    "books",
    "custody",
    "deciding",
    "exchanging",
    "explaining",
    "log_keys",
    "main",
    "reconciling",
    "reforming",
    "reporting",
    "rulebooks",
    "showing",
    "statements",
    "tracing",
    "verifiers",
    "witnessing",
]
