"""From a bundle, one command makes the same report, byte for byte; and a statement as a PDF."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner

from wardbook.cli import main


def run(*command: str | Path) -> str:
    done = CliRunner().invoke(main, [str(one) for one in command])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_reports_of_a_bundle_are_the_reports_of_the_audit(millbrook: Path, tmp_path: Path) -> None:
    book = next(millbrook.glob("*.book"))
    bag, again = tmp_path / "bag", tmp_path / "again"
    run("bundle", book, "--audit", millbrook, "--out", bag, "--by", "the auditor", "--why", "a test")
    said = run("rebuild", bag, "--reports", again)
    assert "all of it came out the same" in said
    for form in ("html", "pdf", "xlsx"):
        own = tmp_path / f"own.{form}"
        run("report", millbrook, "--format", form, "--out", own)
        (made,) = again.glob(f"*/written-report.{form}")
        assert made.read_bytes() == own.read_bytes(), form
    refused = CliRunner().invoke(main, ["rebuild", str(bag), "--reports", str(again)])
    assert refused.exit_code == 2


@pytest.fixture(scope="module")
def new_york(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("new-york") / "audit"
    run("audit", root / "examples/new-york-2019", "--out", out)
    return out


def test_a_statement_as_a_pdf(new_york: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "one.pdf", tmp_path / "two.pdf"
    for path in (first, second):
        run("statement", new_york, "--payer", "Former Mayor", "--format", "pdf", "--out", path)
    assert first.read_bytes() == second.read_bytes()
    with pikepdf.open(io.BytesIO(first.read_bytes())) as pdf:
        attached = {name: pdf.attachments[name].get_file().read_bytes().decode() for name in pdf.attachments}
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
    assert (
        'settlement,in force,2025-05-14,"329,794.20","100,000.00","229,794.20",USD' in attached["orders.csv"]
    )
    refused = CliRunner().invoke(
        main, ["statement", str(new_york), "--payer", "Former Mayor", "--format", "pdf"]
    )
    assert refused.exit_code == 2
