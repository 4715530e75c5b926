"""The report of the shipped example, built once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from wardbook.cli import main
from wardbook.report.forms.written import read_report
from wardbook.report.narrative.document import Document

OBJECTIVES = (
    "asked_by,asked_on,question,citation\n"
    "Town Council of Millbrook,2024-06-10,Was every use of the detail for the town?,Resolution 12 of 2024\n"
)
RECOMMENDATIONS = (
    "number,addressee,recommendation,finding,accepted,accepted_on,implemented,implemented_on,response\n"
    "1,Mayor's office,Keep the log on the day of the use.,INT-02,yes,2024-08-01,no,,We will from September.\n"
    "2,Town Council,Ask for an assessment every year.,,,,,,\n"
)
REPLIES = (
    "finding,by_whom,day,words\n"
    "INT-02-0001,Birch Larke,2024-07-15,The sheets kept on the day were typed in together.\n"
    "AUT-01,Mayor's office,2024-07-16,The use was ordinary.\n"
    ",Mayor's office,2024-07-16,We do not agree with the report as a whole.\n"
)


@pytest.fixture(scope="session")
def millbrook(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An audit of the shipped example, with a question asked, recommendations and replies beside it."""
    place = tmp_path_factory.mktemp("millbrook")
    shutil.copytree(root / "examples/millbrook", place / "records")
    (place / "records/objectives.csv").write_text(OBJECTIVES)
    (place / "records/recommendations.csv").write_text(RECOMMENDATIONS)
    (place / "records/replies.csv").write_text(REPLIES)
    done = CliRunner().invoke(main, ["audit", str(place / "records"), "--out", str(place / "audit")])
    assert done.exit_code == 0, done.output
    return place / "audit"


@pytest.fixture(scope="session")
def document(millbrook: Path) -> Document:
    """Its report."""
    return read_report(millbrook)
