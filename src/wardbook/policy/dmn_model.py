"""A DMN model as wardbook writes and reads it: inputs, and decisions that are tables over them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Input:
    """One input: its FEEL ``name`` and ``type``, the unary tests ``values`` that it allows (empty: any)."""

    name: str
    type: str
    label: str = ""
    values: str = ""
    question: str = ""


@dataclass(frozen=True)
class Column:
    """One input column of a table: the expression that is tested, its FEEL type, the values it allows."""

    expression: str
    type: str
    label: str = ""
    values: str = ""


@dataclass(frozen=True)
class Output:
    """One output column; ``default`` is what it says where no rule matches."""

    name: str
    type: str = "string"
    label: str = ""
    values: str = ""
    default: str = ""


@dataclass(frozen=True)
class Line:
    """One rule of a table: unary tests, a column each, the outputs, and words beside it."""

    tests: tuple[str, ...]
    results: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Table:
    """One decision: a table with its hit policy.

    ``needs`` are the inputs and decisions it reads, ``cites`` the sources it rests on, by their names.
    """

    name: str
    columns: tuple[Column, ...]
    outputs: tuple[Output, ...]
    lines: tuple[Line, ...]
    policy: str = "FIRST"
    label: str = ""
    question: str = ""
    said: str = ""
    needs: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Authority:
    """One source of law: its id, title and words."""

    name: str
    title: str
    text: str


@dataclass(frozen=True)
class Model:
    """A model. ``source`` is the Markdown of the rulebook it was made of; empty for a model of others."""

    title: str
    inputs: tuple[Input, ...]
    tables: tuple[Table, ...]
    authorities: tuple[Authority, ...] = ()
    said: str = ""
    source: str = ""
