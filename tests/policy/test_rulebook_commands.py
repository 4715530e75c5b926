"""The commands on rulebooks: what they refuse, and the code they end with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.policy.books import WHOLE, with_rules
from wardbook.cli import main as commands

CONTRADICTING = """| rule | cites | in force | purpose | aboard | => permitted |
|---|---|---|---|---|---|
| a | code-4 | always | political | | no |
| b | code-4 | always | | yes | yes |
"""


def ended(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(commands, list(words))
    return done.exit_code, done.output


@pytest.mark.parametrize("command", ["test", "prove"])
def test_a_folder_without_a_rulebook_is_refused(tmp_path: Path, command: str) -> None:
    code, said = ended("rulebook", command, str(tmp_path))
    assert (code, "expected a folder with rulebooks (.md); found none in it" in said) == (3, True)


@pytest.mark.parametrize("seconds", ["nan", "inf", "0", "-1"])
def test_a_time_that_is_none_is_refused(tmp_path: Path, seconds: str) -> None:
    (tmp_path / "town.md").write_text(WHOLE)
    code, said = ended("rulebook", "prove", str(tmp_path / "town.md"), "--timeout", seconds)
    assert (code, "expected seconds from 0.001 to 86,400" in said) == (2, True)


def test_a_check_finds_rules_that_contradict_each_other(tmp_path: Path) -> None:
    (tmp_path / "town.md").write_text(with_rules(CONTRADICTING))
    code, said = ended("rulebook", "check", str(tmp_path / "town.md"))
    assert (code, "a and b contradict each other" in said) == (3, True)


@pytest.mark.parametrize("kept", [b"\xff\xfe\x00", b"[" * 100_000])
def test_a_certificate_that_is_none_fails_the_check(tmp_path: Path, kept: bytes) -> None:
    (tmp_path / "town.md").write_text(WHOLE)
    (tmp_path / "town.proof.json").write_bytes(kept)
    for words in (["prove", "town.md"], ["export", "town.md", "--format", "html"]):
        code, said = ended("rulebook", words[0], str(tmp_path / words[1]), *words[2:])
        assert (code, "internal" in said) == (4, False), said
    assert not (tmp_path / "town.html").exists()


def test_what_is_read_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "town.md"
    path.write_text(WHOLE)
    for words in (
        ["export", str(path), "--format", "html", "--out", str(path)],
        ["import", str(path), "--out", str(path)],
    ):
        assert ended("rulebook", *words)[0] == 2
    assert path.read_text() == WHOLE


def test_a_reader_that_goes_away_has_a_code_of_its_own(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "wardbook", "schema"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        running.stdout.close()
        assert running.stderr is not None
        told = running.stderr.read()
        code = running.wait()
    assert (code, told) == (141, b"")


def test_signs_that_a_pipe_cannot_show_are_written_out(tmp_path: Path) -> None:
    (tmp_path / "town.md").write_text(WHOLE.replace("Cars of the town", "Cars of the château", 1))
    program = [sys.executable, "-m", "wardbook", "rulebook", "show", str(tmp_path / "town.md")]
    done = subprocess.run(
        program, capture_output=True, env={"PYTHONIOENCODING": "ascii", "PATH": ""}, check=False
    )
    assert (done.returncode, b"ch\\xe2teau" in done.stdout) == (0, True), done
