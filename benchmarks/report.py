"""The written report: a document of 2,000 sentences and 20 figures as PDF and as a page, and a whole rebuild.

The document is that of the audit of the West Virginia sources with its sentences and figures repeated, each under a
name of its own, until both numbers are reached; its tables stand in it once. Each form is made cold, in a fresh process: imports, reading the document,
the form and the search for what it must withhold. The rebuild is the audit of the sources and all forms of its report.

python -m benchmarks.report [RUNS] [--profile]
"""

from __future__ import annotations

import cProfile
import json
import os
import platform
import pstats
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wardbook.report.narrative.document import Block, Document, Section
    from wardbook.report.narrative.sentence import Sentence

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT.parent / "shared" / "data" / "west_virginia"
RULEBOOK = ROOT / "rulebooks" / "west-virginia" / "state-aircraft.md"
SENTENCES, FIGURES, PAGES = 2_000, 20, 49
ASKED_SECONDS = (5, 5, 20)
"""What was asked of each form made cold, and of the whole rebuild."""

ON = date(2030, 1, 1)


def _machine() -> str:
    """The machine in a line: cores, load, Python."""
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"


def large(document: Document) -> Document:
    """The document with sentences and figures repeated, its tables once, up to exactly the numbers asked."""
    from wardbook.report.narrative.document import TableBlock

    sections: list[Section] = []
    left, figures = SENTENCES, FIGURES
    turn = 0
    while left or figures:
        for section in document.sections:
            blocks = []
            for block in section.blocks:
                if turn and isinstance(block, TableBlock):
                    continue
                made, said, drawn = _part(block, f"-turn-{turn}", left, figures)
                left, figures = left - said, figures - drawn
                blocks += made
            if blocks:
                sections.append(replace(section, id=f"{section.id}-turn-{turn}", blocks=tuple(blocks)))
        turn += 1
    return replace(document, sections=tuple(sections))


def _part(block: Block, mark: str, left: int, figures: int) -> tuple[list[Block], int, int]:
    """The block under a name of its own, as far as it is wanted; its sentences and figures."""
    from wardbook.report.narrative.document import Chart, Paragraph, TableBlock

    if isinstance(block, Paragraph):
        said = tuple(_marked(one, mark) for one in block.sentences[:left])
        return ([replace(block, sentences=said)] if said else []), len(said), 0
    if isinstance(block, TableBlock):
        return [replace(block, id=block.id + mark)] if left else [], 0, 0
    assert isinstance(block, Chart)
    if not figures or len(block.words) > left:
        return [], 0, 0
    words = tuple(_marked(one, mark) for one in block.words)
    table = replace(block.table, id=block.table.id + mark)
    return [replace(block, id=block.id + mark, words=words, table=table)], len(words), 1


def _marked(sentence: Sentence, mark: str) -> Sentence:
    return replace(sentence, id=sentence.id + mark, rests_on=tuple(one + mark for one in sentence.rests_on))


def prepare(folder: str) -> None:
    """Audit the sources into ``folder`` and keep the large document beside the audit."""
    from wardbook.report.forms.written import read_report
    from wardbook.report.narrative.document import document_text

    _audit(Path(folder) / "audit")
    made = large(read_report(Path(folder) / "audit"))
    (Path(folder) / "large.json").write_text(document_text(made), "utf-8")


def made(folder: str, form: str) -> None:
    """The large document in one form, from its file, kept in ``folder``."""
    from wardbook.report.forms.written import SUFFIX, written
    from wardbook.report.narrative.document import FULL, document_from_text
    from wardbook.report.narrative.release import Release

    document = document_from_text((Path(folder) / "large.json").read_text("utf-8"))
    content = written(document, form, FULL, Release(), ON)
    (Path(folder) / f"large{SUFFIX[form]}").write_bytes(content)


def rebuilt() -> None:
    """The audit of the sources and every form of its report, full version."""
    from wardbook.report.forms.written import FORMS, read_report, written
    from wardbook.report.narrative.document import FULL
    from wardbook.report.narrative.release import Release

    with tempfile.TemporaryDirectory() as scratch:
        audit = Path(scratch) / "audit"
        _audit(audit)
        document = read_report(audit)
        for form in FORMS:
            written(document, form, FULL, Release(), ON, audit)


def _audit(out: Path) -> None:
    from click.testing import CliRunner

    from wardbook.cli import main as commands

    done = CliRunner().invoke(
        commands, ["audit", str(SOURCES), "--rulebook", str(RULEBOOK), "--out", str(out)]
    )
    if done.exit_code:
        raise RuntimeError(done.output)


def work(folder: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """What is measured, by name."""
    yield "PDF of the large document", lambda: made(folder, "pdf")
    yield "page (HTML) of the large document", lambda: made(folder, "html")
    yield "audit of the sources and all forms", rebuilt


def size(folder: str) -> str:
    """What the large document holds, and how many pages its PDF has."""
    import pypdfium2

    from wardbook.report.narrative.document import document_from_text

    document = document_from_text((Path(folder) / "large.json").read_text("utf-8"))
    pages = len(pypdfium2.PdfDocument(Path(folder) / "large.pdf"))
    if pages < PAGES:
        raise RuntimeError(f"the large document has {pages} pages; at least {PAGES} were asked")
    said = len(list(document.sentences))
    return f"{said:,} sentences, {len(document.charts)} figures, {pages} pages"


@dataclass(frozen=True)
class Timing:
    """One piece of work in a fresh process: wall seconds, processor seconds, and peak memory (MB)."""

    wall: float
    processor: float
    peak_mb: float


def child(folder: str, name: str, profiled: bool) -> None:
    """One piece of work in this process: its timing as JSON, or its profile."""
    one = dict(work(folder))[name]
    if profiled:
        profile = cProfile.Profile()
        profile.runcall(one)
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
        return
    start, processor = time.perf_counter(), time.process_time()
    one()
    timing = Timing(
        time.perf_counter() - start,
        time.process_time() - processor,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )
    print(json.dumps(asdict(timing)))


def in_child(folder: str, name: str) -> Timing:
    """The piece of work in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.report", "--child", folder, name]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return Timing(**json.loads(done.stdout.strip().splitlines()[-1]))


def main() -> None:
    arguments = [one for one in sys.argv[1:] if one != "--profile"]
    profiled = "--profile" in sys.argv
    if arguments[:1] == ["--child"]:
        child(arguments[1], arguments[2], profiled)
        return
    runs = int(arguments[0]) if arguments else 3
    with tempfile.TemporaryDirectory(prefix="wardbook-benchmark-") as folder:
        prepare(folder)
        if profiled:
            for name, _ in work(folder):
                print(f"## {name}")
                child(folder, name, profiled=True)
            return
        load = os.getloadavg()[0]
        timings = {name: [in_child(folder, name) for _ in range(runs)] for name, _ in work(folder)}
        print(f"{_machine()}; load {load:.1f} to {os.getloadavg()[0]:.1f}; {size(folder)}")
    print("| work | wall s | processor s | asked s | peak MB |\n| --- | ---: | ---: | ---: | ---: |")
    for (name, rounds), asked in zip(timings.items(), ASKED_SECONDS, strict=True):
        wall = statistics.median(one.wall for one in rounds)
        processor = statistics.median(one.processor for one in rounds)
        peak = max(one.peak_mb for one in rounds)
        print(f"| {name} | {wall:.2f} | {processor:.2f} | {asked} | {peak:.0f} |")


if __name__ == "__main__":
    main()
