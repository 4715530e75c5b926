"""Write the generated parts of the docs, or with --check fail if they are stale.

Generated: ``docs/reference/schema.md`` from the schemas, ``docs/reference/cli.md`` from the commands' help,
``docs/reference/readers.md`` from the readers, ``docs/reference/procedures.md`` from the procedures, and
every block of README.md and docs that follows a line
``<!-- output: COMMAND -->``, by running the command at the project's root.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import click
from click.testing import CliRunner

from wardbook.cli import main as commands
from wardbook.findings.procedures import procedures_page
from wardbook.intake.readers import READERS
from wardbook.records.schema import AUDIT_TABLES, BOOK_TABLES, Table

ROOT = Path(__file__).resolve().parent.parent
_OUTPUT = re.compile(r"(<!-- output: (?P<command>.+?) -->\n```text\n)(?P<text>.*?)(```)", re.DOTALL)


def table_page() -> str:
    """The schema as Markdown."""

    def section(table: Table) -> str:
        rows = "\n".join(f"| `{c.name}` | `{c.type}` | {c.meaning} |" for c in table.columns)
        head = f"### {table.name}\n\n{table.one_row}\n\n| column | type | meaning |\n| --- | --- | --- |"
        return f"{head}\n{rows}\n"

    book = "\n".join(section(table) for table in BOOK_TABLES)
    derived = "\n".join(section(table) for table in AUDIT_TABLES)
    return (
        "# Schema\n\nGenerated from `wardbook.records.schema`; the same as `wardbook schema TABLE`.\n\n"
        "Instants are in UTC; a day is local to the book's time zone; money stands beside its currency;\n"
        "lengths are metres; coordinates are millionths of a degree (WGS 84). NULL means not on record.\n\n"
        f"## Tables of the book\n\n{book}\n## Relations an audit derives\n\n{derived}"
    )


def command_page() -> str:
    """Every command's help as Markdown."""
    parts = ["# Commands\n\nGenerated from the commands' own help.\n"]

    def add(name: str, command: click.Command) -> None:
        result = CliRunner().invoke(commands, [*name.split()[1:], "--help"], prog_name="wardbook")
        parts.append(f"## {name}\n\n```text\n{result.output.rstrip()}\n```\n")
        if isinstance(command, click.Group):
            for child in sorted(command.commands):
                add(f"{name} {child}", command.commands[child])

    add("wardbook", commands)
    return "\n".join(parts)


def reader_page() -> str:
    """The readers as Markdown."""
    rows = "\n".join(f"| `{reader.name}` | {reader.reads} |" for reader in READERS)
    return (
        f"# Readers\n\nExactly one must recognize an exhibit.\n\n| reader | reads |\n| --- | --- |\n{rows}\n"
    )


def run(command: str) -> str:
    """What a command prints on stdout, run at the root with this Python's ``wardbook`` first on the path."""
    with tempfile.TemporaryDirectory() as scratch:
        words = [word.replace("OUT/", scratch + "/") for word in shlex.split(command)]
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "COLUMNS": "110",
            "NO_COLOR": "1",
        }
        done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{command} failed with {done.returncode}:\n{done.stderr}")
        lines = (line.rstrip() for line in done.stdout.replace(scratch + "/", "").splitlines())
        return "\n".join(lines).strip("\n") + "\n"


def with_outputs(text: str) -> str:
    """A page with every output block made anew."""
    return _OUTPUT.sub(lambda m: m[1] + run(m["command"]) + m[4], text)


def pages() -> dict[Path, str]:
    """Every generated page and its text."""
    reference = ROOT / "docs" / "reference"
    made = {
        reference / "schema.md": table_page(),
        reference / "cli.md": command_page(),
        reference / "readers.md": reader_page(),
        reference / "procedures.md": procedures_page(),
    }
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        if page not in made and "<!-- output:" in page.read_text("utf-8"):
            made[page] = with_outputs(page.read_text("utf-8"))
    return made


def main() -> None:
    """Write the pages, or check them."""
    stale = []
    for page, text in pages().items():
        if page.is_file() and page.read_text("utf-8") == text:
            continue
        stale.append(str(page.relative_to(ROOT)))
        if "--check" not in sys.argv:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(text, "utf-8")
    if stale and "--check" in sys.argv:
        raise SystemExit("stale, run docs/generate.py: " + ", ".join(stale))
    sys.stdout.write("docs: " + (f"wrote {', '.join(stale)}" if stale else "current") + "\n")


if __name__ == "__main__":
    main()
