"""The command that gives the verifiers of bundles that need no wardbook."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click

from wardbook.cli.group import main
from wardbook.cli.say import in_line, say
from wardbook.errors import NotWrittenError
from wardbook.records.in_place import put_in_place

NAMES = ("verify_bag.py", "verify_bag.html")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def verifiers(folder: Path) -> None:
    """Write to FOLDER two verifiers of bundles that need no wardbook: one Python file, one page.

    They are for whoever is given a bundle and trusts neither it nor this program. Both make the checks of
    `wardbook verify`; the file needs Python 3.9 or later, the page a browser, and neither a network.
    """
    kept = resources.files("wardbook.custody") / "stand_alone"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            with put_in_place(folder / name) as aside:
                aside.write_bytes((kept / name).read_bytes())
    except OSError as error:
        raise NotWrittenError(
            f"{folder} cannot be written ({error.strerror}). Choose a folder you may write to."
        ) from error
    for name in NAMES:
        say(in_line(str(folder / name)))
