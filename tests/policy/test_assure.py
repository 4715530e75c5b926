"""A rulebook that contradicts itself decides nothing; one that nothing was proved of says so."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.policy.books import with_rules
from tests.policy.test_prove import silence_the_solver
from wardbook.errors import InputRefusedError
from wardbook.policy import assure as assure_module
from wardbook.policy.assure import assure
from wardbook.policy.certificate import certificate_path, certify
from wardbook.policy.prove import prove
from wardbook.policy.read import load

HEAD = "| rule | cites | in force | overrides | purpose | aboard | => permitted |\n" + "|---" * 7 + "|\n"


def saved(tmp_path: Path, overrides: str) -> Path:
    rows = (
        f"| a | code-4 | always | {overrides} | political | | no |\n| b | code-4 | always | | | yes | yes |\n"
    )
    path = tmp_path / "town.md"
    path.write_text(with_rules(HEAD + rows))
    return path


def test_a_contradiction_is_refused_with_a_case(tmp_path: Path) -> None:
    with pytest.raises(
        InputRefusedError, match="a and b contradict each other: purpose political; aboard yes"
    ):
        assure(load(saved(tmp_path, "")))


def test_an_override_settles_it(tmp_path: Path) -> None:
    assert assure(load(saved(tmp_path, "b"))) == ""


def test_a_certificate_of_these_bytes_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, "b")
    certificate_path(path).write_text(certify(prove(load(path))))

    def asked(_: object) -> None:
        raise AssertionError("the solver was asked")

    monkeypatch.setattr(assure_module, "conflicts", asked)
    assert assure(load(path)) == ""
    with pytest.raises(AssertionError, match="the solver was asked"):
        assure(load(saved(tmp_path, "")))


def test_a_certificate_that_was_changed_is_not_believed(tmp_path: Path) -> None:
    path = saved(tmp_path, "")
    text = certify(prove(load(path)))
    body = json.loads(text)
    certificate_path(path).write_text(json.dumps({**body, "conflicts": [], "sound": True}))
    with pytest.raises(InputRefusedError, match="a and b contradict each other"):
        assure(load(path))


def test_a_proof_that_was_not_settled_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silence_the_solver(monkeypatch)
    path = saved(tmp_path, "b")
    assert assure(load(path)) == (
        f"not proved of {path}: that nothing is missing from the lists of May it be used?: timeout"
    )


def test_without_the_solver_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    assert "not proved that the rules of" in assure(load(saved(tmp_path, "")))


def test_rules_known_earlier_are_proved_apart(tmp_path: Path) -> None:
    head = "| rule | cites | in force | known | purpose | aboard | => permitted |\n" + "|---" * 7 + "|\n"
    rows = (
        "| a | code-4 | always | ..2020-05-31 | political | | no |\n| b | code-4 | always | | | yes | yes |\n"
    )
    path = tmp_path / "town.md"
    path.write_text(with_rules(head + rows))
    certificate_path(path).write_text(certify(prove(load(path))))
    assert assure(load(path)) == assure(load(path), date(2020, 6, 1)) == ""
    with pytest.raises(InputRefusedError, match="a and b contradict each other"):
        assure(load(path), date(2020, 5, 31))
