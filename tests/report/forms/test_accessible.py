"""Pages hold to the rules of accessibility (axe-core, WCAG 2.2 A and AA) in a real browser, with scripts."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from wardbook.cli import main
from wardbook.report.forms.written import HTML, REVIEW, written
from wardbook.report.narrative.document import FULL, Document
from wardbook.report.narrative.release import PUBLIC, Release

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
    "--disable-component-update", "--disable-sync", "--virtual-time-budget=60000",
)  # fmt: skip
_RUN = """
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(
  (found) => {
    const told = found.violations.map((one) => ({id: one.id, help: one.help,
      nodes: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200))}));
    const kept = document.createElement("pre");
    kept.id = "axe-told";
    kept.textContent = JSON.stringify({told, passes: found.passes.length});
    document.body.append(kept);
  }
);
"""


@pytest.fixture(scope="module")
def axe() -> str:
    """The text of axe-core, or a skip with the reason."""
    folder = os.environ.get("WARDBOOK_AXE_PEER")
    path = Path(folder or "") / "node_modules/axe-core/axe.min.js"
    if not folder or not path.is_file():
        pytest.skip("axe-core is not installed: make axe-peer")
    if shutil.which("chromium") is None:
        pytest.skip("no chromium on this machine")
    return path.read_text("utf-8")


def looked_at(page: str, axe: str, folder: Path) -> dict[str, Any]:
    """What axe finds on a page in Chromium; the page's policy is lifted, as it would bar axe itself."""
    open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    path = folder / "page.html"
    path.write_text(
        open_page.replace("</body>", f"<script>{axe}</script><script>{_RUN}</script></body>"), "utf-8"
    )
    command = ["chromium", *_FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", path.as_uri()]
    try:
        done = subprocess.run(command, capture_output=True, timeout=180, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("the browser did not answer within three minutes")
    told = re.search(r'<pre id="axe-told">(.*?)</pre>', done.stdout.decode(), re.DOTALL)
    if told is None:
        pytest.skip("the browser does not run on this machine")
    return dict(json.loads(html.unescape(told.group(1))))


@pytest.mark.parametrize(("form", "readers"), [(HTML, FULL), (HTML, PUBLIC), (REVIEW, FULL)])
def test_the_written_report(form: str, readers: str, document: Document, axe: str, tmp_path: Path) -> None:
    page = written(document, form, readers, Release(), date(2024, 9, 1)).decode()
    found = looked_at(page, axe, tmp_path)
    assert found["told"] == []
    assert found["passes"] > 15


def test_the_page_of_an_audit(millbrook: Path, axe: str, tmp_path: Path) -> None:
    found = looked_at((millbrook / "report.html").read_text("utf-8"), axe, tmp_path)
    assert found["told"] == []


def test_a_vehicle_s_day(root: Path, axe: str, tmp_path: Path) -> None:
    book, target = tmp_path / "audit", tmp_path / "day.html"
    for command in (
        ["audit", str(root / "examples/millbrook-tracker"), "--out", str(book)],
        ["show-day", str(book), "--vehicle", "C2", "--day", "2024-03-05", "--out", str(target)],
    ):
        done = CliRunner().invoke(main, command)
        assert done.exit_code == 0, done.output
    assert looked_at(target.read_text("utf-8"), axe, tmp_path)["told"] == []


def test_a_fault_is_found(axe: str, tmp_path: Path) -> None:
    head = '<!doctype html><html lang="en"><head><title>x</title></head>'
    page = f'{head}<body><main><img src="x.png"></main></body></html>'
    assert [one["id"] for one in looked_at(page, axe, tmp_path)["told"]] != []
