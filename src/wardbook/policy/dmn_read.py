"""Reading a DMN file: its inputs, decision tables and knowledge sources, or a refusal.

The XML is read with the standard library. A document type declaration is refused before anything is built
of the file, so there are no entities to expand and nothing outside is ever fetched. Deep nesting and great
size are refused too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET
from xml.parsers import expat

from wardbook.errors import InputRefusedError
from wardbook.policy.dmn_model import Authority, Column, Input, Line, Model, Output, Table

OURS = "urn:wardbook:rulebook"
"""The XML namespace of what wardbook adds to a model."""

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
"""The namespaces of DMN 1.1, 1.2, 1.3, 1.4 and 1.5."""

MOST_BYTES = 20_000_000
MOST_DEPTH = 60

_FEEL_LANGUAGE = re.compile(r"(https?://www\.omg\.org/spec/(DMN|FEEL)/.*|s?-?feel)?", re.IGNORECASE)
_NUMBERS = {"integer": "number", "long": "number", "double": "number"}


def refuse(place: str, expected: str, found: str, advice: str = "") -> InputRefusedError:
    """The refusal of something at a place in a DMN file."""
    return InputRefusedError(f"DMN{', ' if place else ''}{place}", expected, found, advice)


def read_model(text: str) -> Model:
    """The model that the XML of a DMN file holds. Raises `InputRefusedError`."""
    root = _root(text)
    space = root.tag.partition("}")[0].removeprefix("{")
    if root.tag.rpartition("}")[2] != "definitions" or space not in NAMESPACES:
        raise refuse("", "definitions of DMN 1.1 to 1.5", f'"{root.tag[:120]}"')
    return _Reader(root, f"{{{space}}}").model()


def _root(text: str) -> ET.Element:
    content = text.removeprefix("\ufeff").encode("utf-8", "replace")
    if len(content) > MOST_BYTES:
        raise refuse("", f"at most {MOST_BYTES} bytes", str(len(content)))
    _check(content)
    return ET.fromstring(content, parser=ET.XMLParser(encoding="utf-8"))  # noqa: S314  checked above


def _check(content: bytes) -> None:
    """Read the XML once for its form only; nothing is kept, and no entity is expanded."""
    parser = expat.ParserCreate("utf-8")
    depth = 0

    def doctype(*_: object) -> None:
        place = f"line {parser.CurrentLineNumber}"
        raise refuse(place, "XML without a document type", "<!DOCTYPE", "Remove it: nothing is fetched.")

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            place = f"line {parser.CurrentLineNumber}"
            raise refuse(place, f"elements nested at most {MOST_DEPTH} deep", "deeper ones")

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise refuse(f"line {error.lineno}", "well-formed XML", str(error), "Check the file.") from error


def _plain_type(name: str) -> str:
    """A type's name without the prefix of its namespace (``feel:string``)."""
    return name.rpartition(":")[2].strip()


class _Reader:
    """Reads the elements of one file, all in one DMN namespace."""

    def __init__(self, root: ET.Element, space: str) -> None:
        self.root = root
        self.space = space
        defined = self.all(root, "itemDefinition")
        self.allowed = {one.get("name", ""): self.text(one, "allowedValues/text") for one in defined}
        self.base = {one.get("name", ""): _plain_type(self.text(one, "typeRef")) for one in defined}

    # ------------------------------------------------------------ elements

    def all(self, element: ET.Element, path: str) -> list[ET.Element]:
        return element.findall("/".join(f"{self.space}{step}" for step in path.split("/")))

    def text(self, element: ET.Element, path: str) -> str:
        found = self.all(element, path)
        return "".join(found[0].itertext()).strip() if found else ""

    def type(self, name: str) -> tuple[str, str]:
        """The FEEL type behind a type's name, and the values it allows."""
        plain = _plain_type(name)
        if plain not in self.base:
            return _NUMBERS.get(plain, plain), ""
        kind, values = self.type(self.base[plain])
        return kind, self.allowed[plain] or values

    # ------------------------------------------------------------ parts

    def model(self) -> Model:
        self._check_language(self.root, "")
        self._refuse_circular_types()
        source = self.root.find(f"{self.space}extensionElements/{{{OURS}}}rulebook")
        return Model(
            self.root.get("name", "") or "untitled",
            tuple(self._inputs()),
            tuple(self._tables()),
            tuple(self._authorities()),
            self.text(self.root, "description"),
            "" if source is None else "".join(source.itertext()),
        )

    def _refuse_circular_types(self) -> None:
        for name in self.base:
            seen, at = {name}, self.base[name]
            while at in self.base:
                if at in seen:
                    raise refuse(f"itemDefinition {name}", "a type that ends at one of FEEL", f'"{at}" again')
                seen.add(at)
                at = self.base[at]

    def _check_language(self, element: ET.Element, place: str) -> None:
        language = element.get("expressionLanguage", "")
        if not _FEEL_LANGUAGE.fullmatch(language):
            raise refuse(place, "expressions in FEEL", f'"{language}"')

    def _inputs(self) -> Iterator[Input]:
        for one in self.all(self.root, "inputData"):
            variable = self.all(one, "variable")
            name = (variable[0].get("name", "") if variable else "") or one.get("name", "")
            kind, values = self.type(variable[0].get("typeRef", "") if variable else "")
            yield Input(name, kind, one.get("label", ""), values, self.text(one, "description"))

    def _authorities(self) -> Iterator[Authority]:
        for one in self.all(self.root, "knowledgeSource"):
            name = one.get("id", "")
            yield Authority(name, one.get("name", "") or name, self.text(one, "description"))

    def _tables(self) -> Iterator[Table]:
        for decision in self.all(self.root, "decision"):
            name = decision.get("name", "") or decision.get("id", "")
            found = self.all(decision, "decisionTable")
            if len(found) != 1:
                held = [child.tag.rpartition("}")[2] for child in decision]
                kinds = [one for one in held if one.endswith("xpression") or one in {"context", "invocation"}]
                raise refuse(f"decision {name}", "a decision table", ", ".join(kinds) or "none")
            yield self._table(decision, found[0], name)

    def _table(self, decision: ET.Element, table: ET.Element, name: str) -> Table:
        place = f"decision {name}"
        self._check_language(table, place)
        columns = tuple(self._column(one, place) for one in self.all(table, "input"))
        outputs = tuple(self._output(one, place) for one in self.all(table, "output"))
        if not outputs:
            raise refuse(place, "an output", "none")
        lines = tuple(
            self._line(one, f"{place}, rule {at}", len(columns), len(outputs))
            for at, one in enumerate(self.all(table, "rule"), 1)
        )
        variable = self.all(decision, "variable")
        named = variable[0].get("name", "") if variable else ""
        return Table(
            name,
            columns,
            outputs,
            lines,
            table.get("hitPolicy", "UNIQUE"),
            decision.get("label", "") or named,
            self.text(decision, "question"),
            self.text(decision, "description"),
            tuple(self._needs(decision)),
            tuple(self._hrefs(decision, "authorityRequirement/requiredAuthority")),
        )

    def _needs(self, decision: ET.Element) -> Iterator[str]:
        yield from self._hrefs(decision, "informationRequirement/requiredInput")
        yield from self._hrefs(decision, "informationRequirement/requiredDecision")

    def _hrefs(self, decision: ET.Element, path: str) -> list[str]:
        return [one.get("href", "").rpartition("#")[2] for one in self.all(decision, path)]

    def _column(self, element: ET.Element, place: str) -> Column:
        expression = self.all(element, "inputExpression")
        if len(expression) != 1:
            raise refuse(place, "an expression for each input column", "none")
        self._check_language(expression[0], place)
        kind, allowed = self.type(expression[0].get("typeRef", ""))
        values = self.text(element, "inputValues/text") or allowed
        label = element.get("label", "")
        return Column(self.text(expression[0], "text"), kind, label, values)

    def _output(self, element: ET.Element, place: str) -> Output:
        default = self.all(element, "defaultOutputEntry")
        if default:
            self._check_language(default[0], place)
        kind, allowed = self.type(element.get("typeRef", ""))
        return Output(
            element.get("name", ""),
            kind,
            element.get("label", ""),
            self.text(element, "outputValues/text") or allowed,
            self.text(element, "defaultOutputEntry/text"),
        )

    def _line(self, rule: ET.Element, place: str, columns: int, outputs: int) -> Line:
        entries = [*self.all(rule, "inputEntry"), *self.all(rule, "outputEntry")]
        for entry in entries:
            self._check_language(entry, place)
        tests = tuple(self.text(one, "text") for one in self.all(rule, "inputEntry"))
        results = tuple(self.text(one, "text") for one in self.all(rule, "outputEntry"))
        if (len(tests), len(results)) != (columns, outputs):
            found = f"{len(tests)} and {len(results)}"
            raise refuse(place, f"{columns} input and {outputs} output entries", found)
        notes = [self.text(one, "text") for one in self.all(rule, "annotationEntry")]
        words = [self.text(rule, "description"), *notes]
        return Line(tests, results, "; ".join(word for word in words if word))
