"""A page typed in as a reader would: files written as shown, commands run, and the real outputs put in.

A block is of one of four kinds:

* ``markdown title=FILE``: the whole file, where it begins with ``---``; else a section, which takes the place
  of the one with the same heading, or goes to the end of the file.
* ``diff title=FILE``: lines with ``-`` go, and those with ``+`` come in their place; a blank line parts two
  changes.
* ``sh``, or ``sh exit=3``: commands, one a line, which end with 0 or the exit code named.
* ``text``: what the commands above print.

``python -m tests.typed_in PAGE`` writes a page anew with what is printed now.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner

from wardbook.cli import main as commands

_BLOCK = re.compile(r"^```(?P<kind>\w+)(?P<said>[^\n]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)


def retyped(page: str, folder: Path) -> str:
    """``page`` typed in at ``folder``, with every output block replaced by what was really printed.

    Raises AssertionError where a command ends otherwise than shown, or a change does not fit its file.
    """
    before = Path.cwd()
    os.chdir(folder)
    try:
        return _typed(page, folder)
    finally:
        os.chdir(before)


def _typed(page: str, folder: Path) -> str:
    parts, end, printed = [], 0, ""
    for block in _BLOCK.finditer(page):
        kind, said, body = block["kind"], block["said"], block["body"]
        title = re.search(r"title=(\S+)", said)
        if title and kind == "markdown":
            _put(folder / title[1], body)
        elif title and kind == "diff":
            _change(folder / title[1], body)
        elif kind == "sh":
            ends = re.search(r"exit=(\d)", said)
            printed = _run(body, int(ends[1]) if ends else 0)
        elif kind == "text":
            parts += [page[end : block.start("body")], printed]
            end = block.end("body")
    return "".join([*parts, page[end:]])


def _put(path: Path, text: str) -> None:
    if text.startswith("---"):
        path.write_text(text, "utf-8")
        return
    heading = re.escape(text.splitlines()[0])
    level = text.split(maxsplit=1)[0]
    old = path.read_text("utf-8")
    found = re.search(rf"^{heading}\n.*?(?=^{level} |\Z)", old, re.DOTALL | re.MULTILINE)
    if found is None:
        path.write_text(f"{old}\n{text}", "utf-8")
    else:
        tail = old[found.end() :]
        path.write_text(old[: found.start()] + text + ("\n" + tail if tail else ""), "utf-8")


def _change(path: Path, text: str) -> None:
    content = path.read_text("utf-8")
    for change in text.split("\n\n"):
        old, new = _lines(change, "-"), _lines(change, "+")
        assert content.count(old) == 1, (path.name, old)
        content = content.replace(old, new)
    path.write_text(content, "utf-8")


def _lines(change: str, sign: str) -> str:
    return "".join(f"{line[2:]}\n" for line in change.splitlines() if line.startswith(sign))


def _run(lines: str, ends: int) -> str:
    printed = ""
    for line in lines.splitlines():
        program, *words = shlex.split(line)
        assert program == "wardbook", line
        done = CliRunner().invoke(commands, words, env={"NO_COLOR": "1"})
        assert done.exit_code == ends, (line, done.output, done.exception)
        printed += done.output
    return "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())


if __name__ == "__main__":
    shown = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as empty:
        shown.write_text(retyped(shown.read_text("utf-8"), Path(empty)), "utf-8")
