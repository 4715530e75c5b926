"""A rulebook as a DMN 1.3 file, and a DMN file as the draft of a rulebook.

The export (`to_dmn`) holds the decision tables of `dmn_tables`, which give equal answers in any engine that
knows S-FEEL and decisions that need decisions, also where facts are not known (``null``). The import
(`from_dmn`) gives back the Markdown of an export whose tables were not changed, and makes a draft of tables
that others wrote (`dmn_draft`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from wardbook.errors import InputRefusedError
from wardbook.policy.dmn_draft import draft
from wardbook.policy.dmn_model import Authority, Column, Input, Line, Model, Output, Table
from wardbook.policy.dmn_read import OURS, read_model
from wardbook.policy.dmn_tables import to_model
from wardbook.policy.model import Rulebook
from wardbook.policy.read import load_text

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
FEEL = "https://www.omg.org/spec/DMN/20191111/FEEL/"

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_dmn(rulebook: Rulebook) -> str:
    """The text of a DMN 1.3 file with the decision tables of ``rulebook``; the same rulebook, the same text.

    Raises `InputRefusedError` for a character that XML cannot hold.
    """
    bad = _NOT_XML.search(rulebook.text)
    if bad is not None:
        line = rulebook.text.count("\n", 0, bad.start()) + 1
        found = f"U+{ord(bad[0]):04X}"
        raise InputRefusedError(
            f"{rulebook.path}:{line}", "characters that XML can hold", found, "Remove it."
        )
    return "\n".join(_definitions(to_model(rulebook), rulebook.sha256)) + "\n"


@dataclass(frozen=True)
class Imported:
    """The Markdown of a rulebook read from DMN; a ``draft`` lacks what DMN does not say."""

    text: str
    draft: bool


def from_dmn(text: str) -> str:
    """The Markdown alone of `import_dmn`."""
    return import_dmn(text).text


def import_dmn(text: str) -> Imported:
    """The rulebook in the text of a DMN file (versions 1.1 to 1.5).

    A file made by `to_dmn` gives the Markdown it was made of, if its tables still are those of that Markdown.
    Decision tables of others, in S-FEEL, give a draft that says what an author must add. Raises
    `InputRefusedError` for a file that is no such model, naming the decision, the rule and the column.
    """
    model = read_model(text)
    if not model.source:
        return Imported(draft(model), True)
    made = to_model(load_text(model.source, "the rulebook in the DMN file"))
    changed = _changed(made, model)
    if changed:
        raise InputRefusedError(
            f"DMN, {changed}",
            "the tables as they were exported",
            "a change made since",
            "Change the rulebook itself: export it as a spreadsheet, edit that, and import it.",
        )
    return Imported(model.source, False)


def _changed(made: Model, read: Model) -> str:
    """What of the decision logic of two models differs, in words; empty for nothing."""
    ours = {table.name: _logic(table) for table in made.tables}
    theirs = {table.name: _logic(table) for table in read.tables}
    for name in (*ours, *theirs):
        if ours.get(name) != theirs.get(name):
            return f"decision {name}"
    if [(one.name, one.type) for one in made.inputs] != [(one.name, one.type) for one in read.inputs]:
        return "inputs"
    return ""


def _logic(table: Table) -> object:
    columns = [(column.expression, column.type) for column in table.columns]
    outputs = [output.name for output in table.outputs] if len(table.outputs) > 1 else []
    return table.policy, columns, outputs, [(line.tests, line.results) for line in table.lines]


# ---------------------------------------------------------------- writing


def _text(text: str) -> str:
    return escape(text, {"\r": "&#13;"})


def _open(tag: str, attributes: Mapping[str, str], *, empty: bool = False) -> str:
    told = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items() if value)
    return f"<{tag}{told}{'/' if empty else ''}>"


def _leaf(tag: str, text: str) -> str:
    return f"<{tag}>{_text(text)}</{tag}>"


def _within(tag: str, attributes: Mapping[str, str], inside: Iterable[str]) -> Iterator[str]:
    lines = list(inside)
    if not lines:
        yield _open(tag, attributes, empty=True)
        return
    yield _open(tag, attributes)
    yield from lines
    yield f"</{tag}>"


def _definitions(model: Model, digest: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    attributes = {
        "xmlns": MODEL,
        "xmlns:wardbook": OURS,
        "id": "definitions",
        "name": model.title,
        "namespace": f"{OURS}:{digest}",
        "expressionLanguage": FEEL,
        "typeLanguage": FEEL,
        "exporter": "wardbook",
    }
    yield from _within("definitions", attributes, _inside(model))


def _inside(model: Model) -> Iterator[str]:
    yield _leaf("description", model.said)
    yield f"<extensionElements>{_leaf('wardbook:rulebook', model.source)}</extensionElements>"
    typed = {one.name: f"type_{one.name}" for one in model.inputs if one.values}
    for one in model.inputs:
        if one.values:
            yield from _allowed_type(typed[one.name], one.type, one.values)
    for table in model.tables:
        if len(table.outputs) > 1:
            yield from _result_type(table)
    for one in model.inputs:
        yield from _input(one, typed.get(one.name, one.type))
    for authority in model.authorities:
        yield from _authority(authority)
    inputs = {one.name for one in model.inputs}
    for table in model.tables:
        yield from _decision(table, inputs)


def _allowed_type(name: str, kind: str, values: str) -> Iterator[str]:
    yield from _within(
        "itemDefinition",
        {"id": name, "name": name},
        [_leaf("typeRef", kind), f"<allowedValues>{_leaf('text', values)}</allowedValues>"],
    )


def _result_type(table: Table) -> Iterator[str]:
    name = f"result_{table.name}"
    parts = [
        f'<itemComponent name="{output.name}">{_leaf("typeRef", output.type)}</itemComponent>'
        for output in table.outputs
    ]
    yield from _within("itemDefinition", {"id": name, "name": name}, parts)


def _input(one: Input, kind: str) -> Iterator[str]:
    inside = [_leaf("description", one.question)] if one.question else []
    inside.append(_open("variable", {"name": one.name, "typeRef": kind}, empty=True))
    yield from _within("inputData", {"id": one.name, "name": one.name, "label": one.label}, inside)


def _authority(authority: Authority) -> Iterator[str]:
    yield from _within(
        "knowledgeSource",
        {"id": authority.name, "name": authority.title},
        [_leaf("description", authority.text)],
    )


def _decision(table: Table, inputs: Iterable[str]) -> Iterator[str]:
    attributes = {"id": table.name, "name": table.name, "label": table.label}
    yield from _within("decision", attributes, _decision_parts(table, frozenset(inputs)))


def _decision_parts(table: Table, inputs: frozenset[str]) -> Iterator[str]:
    if table.said:
        yield _leaf("description", table.said)
    if table.question:
        yield _leaf("question", table.question)
    kind = table.outputs[0].type if len(table.outputs) == 1 else f"result_{table.name}"
    yield _open("variable", {"name": table.name, "typeRef": kind}, empty=True)
    for name in table.needs:
        tag = "requiredInput" if name in inputs else "requiredDecision"
        need = _open(tag, {"href": f"#{name}"}, empty=True)
        yield f"<informationRequirement>{need}</informationRequirement>"
    for name in table.cites:
        need = _open("requiredAuthority", {"href": f"#{name}"}, empty=True)
        yield f"<authorityRequirement>{need}</authorityRequirement>"
    yield from _within("decisionTable", {"hitPolicy": table.policy}, _table_parts(table))


def _table_parts(table: Table) -> Iterator[str]:
    for column in table.columns:
        yield from _within("input", {"label": column.label}, _column_parts(column))
    single = len(table.outputs) == 1
    for output in table.outputs:
        attributes = {"label": output.label, "typeRef": output.type}
        attributes |= {} if single else {"name": output.name}
        yield from _within("output", attributes, _output_parts(output))
    noted = any(line.note for line in table.lines)
    if noted:
        yield '<annotation name="note"/>'
    for line in table.lines:
        yield from _within("rule", {}, _line_parts(line, noted=noted))


def _column_parts(column: Column) -> Iterator[str]:
    expression = _open("inputExpression", {"typeRef": column.type}) + _leaf("text", column.expression)
    yield f"{expression}</inputExpression>"
    if column.values:
        yield f"<inputValues>{_leaf('text', column.values)}</inputValues>"


def _output_parts(output: Output) -> Iterator[str]:
    if output.values:
        yield f"<outputValues>{_leaf('text', output.values)}</outputValues>"


def _line_parts(line: Line, *, noted: bool) -> Iterator[str]:
    for test in line.tests:
        yield f"<inputEntry>{_leaf('text', test)}</inputEntry>"
    for result in line.results:
        yield f"<outputEntry>{_leaf('text', result)}</outputEntry>"
    if noted:
        yield f"<annotationEntry>{_leaf('text', line.note)}</annotationEntry>"
