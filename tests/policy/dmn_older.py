"""A DMN 1.3 export in the words of DMN 1.1, for an engine that knows no later version; only names change."""

from __future__ import annotations

from xml.etree import ElementTree as ET

NEW = "https://www.omg.org/spec/DMN/20191111/MODEL/"
OLD = "http://www.omg.org/spec/DMN/20151101/dmn.xsd"
LEFT_OUT = {"itemDefinition", "extensionElements", "description", "annotation", "annotationEntry"}
"""What says nothing of an answer: types, the rulebook's own text, notes."""


def older(text: str) -> str:
    """The same decisions; an output that has no name, because it is the only one, gets its decision's."""
    root = ET.fromstring(text.encode())
    for parent in list(root.iter()):
        for child in list(parent):
            if _tag(child) in LEFT_OUT:
                parent.remove(child)
    for decision in root.iter(f"{{{NEW}}}decision"):
        for output in decision.iter(f"{{{NEW}}}output"):
            output.attrib.setdefault("name", decision.attrib["id"])
    for element in root.iter():
        element.tag = _tag(element)
    root.set("xmlns", OLD)
    return ET.tostring(root, encoding="unicode")


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
