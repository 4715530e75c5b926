"""The commands that read and prove rulebooks: check, test, show, prove, diff."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from wardbook.cli.group import main
from wardbook.cli.rulebook_file import assured, find_rulebook
from wardbook.cli.say import err, out, say
from wardbook.cli.writing import write_text
from wardbook.errors import InputRefusedError, VerificationError
from wardbook.policy.certificate import (
    certificate_path,
    certify,
    kept_certificate,
    read_certificate,
    says_the_same,
)
from wardbook.policy.check import Failure, run_examples
from wardbook.policy.diff import diff, difference_lines
from wardbook.policy.model import Rulebook
from wardbook.policy.prove import Proof, proof_lines, prove
from wardbook.policy.read import load
from wardbook.policy.show import describe

_A_DAY = 86_400


@main.group()
def rulebook() -> None:
    """Check, prove, compare, publish and exchange rulebooks."""


@rulebook.command("check")
@click.argument("path", type=click.Path(path_type=Path))
def rulebook_check(path: Path) -> None:
    """Read the rulebook at PATH, report every mistake in it, and run its examples.

    Rules that contradict each other are a mistake too.
    """
    loaded = load(find_rulebook(str(path)))
    _refuse_failures(str(path), _run(loaded))
    assured(loaded)


@rulebook.command("test")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
def rulebook_test(paths: tuple[Path, ...]) -> None:
    """Run the examples of every rulebook in PATHS (files, or folders with rulebooks in them)."""
    failures = [failure for file in _files(paths) for failure in _run(load(find_rulebook(str(file))))]
    _refuse_failures(", ".join(str(path) for path in paths), failures)


def _files(paths: Sequence[Path]) -> list[Path]:
    """The rulebooks named, and those of the folders named; a folder without any is refused."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*.md")) if path.is_dir() else [path]
        if not inside:
            raise InputRefusedError(
                str(path), "a folder with rulebooks (.md)", "none in it", "Check the path."
            )
        found += inside
    return found


def _seconds(_: click.Context, __: click.Parameter, seconds: float) -> float:
    if not 0.001 <= seconds <= _A_DAY:
        raise click.BadParameter(f"expected seconds from 0.001 to {_A_DAY:,}; found {seconds}")
    return seconds


def _run(loaded: Rulebook) -> list[Failure]:
    failures = run_examples(loaded)
    for failure in failures:
        say(str(failure), err)
    say(
        f"{loaded.title}: {len(loaded.rules)} rules, {len(loaded.cost_rules)} cost rules, "
        f"{len(loaded.examples)} examples, {len(failures)} failed"
    )
    return failures


def run_and_tell(loaded: Rulebook) -> Rulebook:
    """Run the examples of a rulebook, print how many fail and each that does, and give the rulebook back."""
    _run(loaded)
    return loaded


def _refuse_failures(where: str, failures: list[Failure]) -> None:
    if failures:
        raise InputRefusedError(
            where,
            "examples that the rules decide as written",
            f"{len(failures)} that they do not",
            "Correct the rule or the example.",
        )


@rulebook.command("show")
@click.argument("path", type=click.Path(path_type=Path))
def rulebook_show(path: Path) -> None:
    """The rulebook in short: every rule in a sentence, with what it cites and when it is in force."""
    say(describe(load(find_rulebook(str(path)))))


@rulebook.command("prove")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--timeout",
    default=10.0,
    show_default=True,
    callback=_seconds,
    help="Seconds for each question to the solver.",
)
@click.option("--write", is_flag=True, help="Write the certificate (NAME.proof.json) beside each rulebook.")
@click.option("--json", "as_json", is_flag=True, help="Print the certificate.")
def rulebook_prove(paths: tuple[Path, ...], timeout: float, write: bool, as_json: bool) -> None:
    """Prove the rulebooks in PATHS: gaps, contradictions, rules that never decide, rules without an example.

    A certificate beside a rulebook is compared with the proof. Exit 4 if it differs; exit 1 if a rulebook
    contradicts itself, has a rule that never decides, or could not be proved.
    """
    proofs = [_prove(find_rulebook(str(file)), timeout, write, as_json) for file in _files(paths)]
    if not all(proof.sound for proof in proofs):
        raise SystemExit(1)


def _prove(path: Path, timeout: float, write: bool, as_json: bool) -> Proof:
    proof = prove(load(path), timeout)
    text = certify(proof)
    if as_json:
        out.print_json(text)
    else:
        for line in proof_lines(proof):
            say(line)
    kept = certificate_path(path)
    if write:
        write_text(kept, text)
        say(f"certificate: {kept}", err)
        return proof
    beside = kept_certificate(path)
    if beside is not None:
        if not says_the_same(read_certificate(beside), read_certificate(text)):
            raise VerificationError(
                f"{kept}: the certificate is not that of this proof. "
                "Read what changed, then write it again with --write."
            )
        say(f"certificate: {kept.name} says the same", err)
    return proof


@rulebook.command("diff")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def rulebook_diff(before: Path, after: Path, as_json: bool) -> None:
    """What changed from BEFORE to AFTER, and a use now decided otherwise, or the proof that there is none."""
    found = diff(load(find_rulebook(str(before))), load(find_rulebook(str(after))))
    if as_json:
        out.print_json(json.dumps(asdict(found), default=str))
        return
    for line in difference_lines(found):
        say(line)
