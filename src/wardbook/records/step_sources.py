"""The program text behind steps that are kept as a whole: every file of a package."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable

from wardbook.records.step_keys import key_of

_TEXTS = (".py", ".sql")


@cache
def sources_text(package: str) -> tuple[str, str]:
    """The text of all programs and queries of a package, and a digest.

    The digest is of every file of the package, data too, and of the versions of what wardbook rests on.
    """
    texts: list[str] = []
    digests: dict[str, str] = {}
    for path, file in sorted(_files(resources.files(package), ""), key=lambda pair: pair[0]):
        data = file.read_bytes()
        digests[path] = hashlib.sha256(data).hexdigest()
        if path.endswith(_TEXTS):
            texts.append(data.decode("utf-8"))
    return "\n".join(texts), key_of(digests, _versions())


def _files(folder: Traversable, above: str) -> list[tuple[str, Traversable]]:
    found: list[tuple[str, Traversable]] = []
    for item in folder.iterdir():
        path = f"{above}{item.name}"
        if item.is_dir():
            found += [] if item.name == "__pycache__" else _files(item, f"{path}/")
        elif not path.endswith(".pyc"):
            found.append((path, item))
    return found


def _versions() -> dict[str, str]:
    versions = {"wardbook": metadata.version("wardbook")}
    for required in metadata.requires("wardbook") or ():
        if "extra ==" not in required:
            name = required.split(">")[0].split("=")[0].split("<")[0].split("[")[0].split(";")[0].strip()
            versions[name] = metadata.version(name)
    return versions
