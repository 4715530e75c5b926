"""The page of the links names every relation and column as the schemas have them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wardbook.link.anchors_tables import ANCHOR_INPUTS, ANCHOR_OUTPUTS
from wardbook.link.matching_tables import INPUTS, OUTPUTS
from wardbook.link.movements import EXPENSE_OUTPUTS
from wardbook.link.presence import PRESENCE_OUTPUTS
from wardbook.link.purposes import USE_EVENTS
from wardbook.records.schema import Table

TABLES = (*INPUTS, *OUTPUTS, *ANCHOR_INPUTS, *ANCHOR_OUTPUTS, *EXPENSE_OUTPUTS, *PRESENCE_OUTPUTS, USE_EVENTS)


@pytest.mark.parametrize("table", TABLES, ids=lambda t: str(t.name))
def test_every_relation_stands_on_the_page(root: Path, table: Table) -> None:
    text = (root / "docs" / "reference" / "links.md").read_text("utf-8")
    section = re.search(rf"^### {table.name}\n(.*?)(?=^##|\Z)", text, re.DOTALL | re.MULTILINE)
    assert section is not None
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (.*) \|$", section[1], re.MULTILINE)
    assert rows == [(c.name, c.type, c.meaning) for c in table.columns]
