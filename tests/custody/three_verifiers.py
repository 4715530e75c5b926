"""The three verifiers of a bundle, and what each says: the package, the Python file, the page."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from wardbook.custody.policy import parse_policy
from wardbook.custody.refused import Refused
from wardbook.custody.verify import Verified, verify_bag

STAND_ALONE = Path(__file__).resolve().parents[2] / "src" / "wardbook" / "custody" / "stand_alone"
PAGE = STAND_ALONE / "verify_bag.html"
NODE = shutil.which("node")


@dataclass(frozen=True)
class Verdict:
    """What a verifier says: its parts, or why the bag is refused; ``crash`` where it broke down instead."""

    parts: tuple[tuple[str, str, str], ...] = ()
    refused: str = ""
    crash: str = ""

    @property
    def verified(self) -> bool:
        return bool(self.parts)


def of_package(bag: Path, policy: Path | None) -> tuple[Verdict, Verified | None]:
    try:
        found = verify_bag(bag, parse_policy(policy.read_bytes()) if policy else None, threads=1)
    except Refused as error:
        return Verdict(refused=str(error)), None
    except Exception as error:  # noqa: BLE001 - a verifier that breaks down has not verified
        return Verdict(crash=f"{type(error).__name__}: {error}"), None
    return Verdict(tuple((one.name, one.proved, one.by) for one in found.parts)), found


@lru_cache(1)
def python_file() -> ModuleType:
    """The stand-alone file as a module; the same signature stands in many bags and is computed once."""
    spec = importlib.util.spec_from_file_location("verify_bag", STAND_ALONE / "verify_bag.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify_bag"] = module
    spec.loader.exec_module(module)
    for name in ("ed25519_verifies", "mldsa44_verifies"):
        setattr(module, name, lru_cache(4096)(getattr(module, name)))
    return module


def of_python_file(bag: Path, policy: Path | None) -> Verdict:
    alone = python_file()
    try:
        parts = alone.verify(bag, policy.read_bytes() if policy else None)
    except alone.Refused as error:
        return Verdict(refused=str(error))
    return Verdict(tuple(parts))


def ask_page(questions: Iterable[dict[str, Any]], *options: str) -> list[dict[str, Any]]:
    """What the script of the page answers, run by node in one go."""
    assert NODE is not None
    asked = "".join(json.dumps(one) + "\n" for one in questions)
    command = [NODE, str(Path(__file__).with_name("stand_alone.mjs")), str(PAGE), *options]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def of_page(cases: Sequence[tuple[Path, Path | None]], *options: str) -> list[Verdict]:
    asked = [{"bag": str(bag), "policy": str(policy) if policy else None} for bag, policy in cases]
    return [
        Verdict(
            tuple(tuple(part) for part in one.get("parts", ())),
            one.get("refused", ""),
            one.get("crashed", ""),
        )
        for one in ask_page(asked, *options)
    ]


def changed(found: Verified, original: Verified) -> str:
    """What of the cosigned data is another than in the original; empty for nothing."""
    point, before = found.witnessed.checkpoint, original.witnessed.checkpoint
    if (point.origin, point.size, point.root) != (before.origin, before.size, before.root):
        return "the checkpoint"
    if {(one.path, one.sha256) for one in found.files} != {(one.path, one.sha256) for one in original.files}:
        return "the files"
    for number, words in found.entries.items():
        if any(original.entries[number].get(name) != value for name, value in words.items()):
            return f"the words of entry {number}"
    return ""
