"""The files of the sources of a take-in: those found, and those passed over with the reason.

Folders are walked in order of name, and links are followed. A folder that lies within itself by a link is
walked once. What is no file that can be opened is passed over and named, so that nothing vanishes unsaid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.intake.grid import displayable
from wardbook.records.book import Book


@dataclass(frozen=True)
class Found:
    """A file found: where it lies, its path in the source, the source, and whether it was named itself."""

    file: Path
    name: str
    source: str
    named: bool


@dataclass(frozen=True)
class PassedOver:
    """What was not taken in: its path in the source, and why. ``hidden``: by custom, for its name."""

    name: str
    why: str
    hidden: bool = False


@dataclass(frozen=True)
class Files:
    """The files of the sources, and what was passed over."""

    found: tuple[Found, ...]
    passed_over: tuple[PassedOver, ...]


def find_files(sources: Sequence[Path], leave_out: Sequence[Path] = ()) -> Files:
    """Every file of the sources (files or folders); the folders ``leave_out`` are not walked.

    Raises `WrongUseError` for a source that does not exist or is a book, and `InputRefusedError` for one
    that is neither file nor folder, or a folder that cannot be opened.
    """
    found: list[Found] = []
    passed: list[PassedOver] = []
    left_out = frozenset(path.resolve() for path in leave_out)
    for source in sources:
        _check_source(source)
        if source.is_file():
            folder = displayable(str(source.resolve().parent))
            found.append(Found(source, displayable(source.name), folder, named=True))
            continue
        root = displayable(str(source.resolve()))
        for path, why in _walk(source, (source.resolve(),), left_out):
            name = displayable(path.relative_to(source).as_posix())
            if why is None:
                found.append(Found(path, name, root, named=False))
            else:
                passed.append(PassedOver(name, why, hidden=path.name.startswith(".")))
    return Files(tuple(found), tuple(passed))


def _check_source(source: Path) -> None:
    try:
        if source.is_dir():
            if Book.is_book(source):
                raise WrongUseError(f"{source} is a book; give the files or folders it was made from")
            next(source.iterdir(), None)
        elif not source.exists():
            broken = ": it is a link to a file that is not there" if source.is_symlink() else ""
            raise WrongUseError(f"{source} does not exist{broken}")
        elif not source.is_file():
            raise InputRefusedError(
                str(source), "a file or a folder", "a device, pipe or socket", "Give a file or a folder."
            )
    except OSError as error:
        raise cannot_open(str(source), error) from error


def cannot_open(where: str, error: OSError) -> InputRefusedError:
    """The refusal of a file or folder that the system does not let be opened or read."""
    return InputRefusedError(
        where,
        "a file or folder that can be read",
        f"that it cannot ({reason(error)})",
        "Check that it is still there and that you may read it, then take it in again.",
    )


def reason(error: OSError) -> str:
    """What the system says, without the path."""
    return error.strerror or type(error).__name__


def _walk(
    folder: Path, above: tuple[Path, ...], left_out: frozenset[Path]
) -> Iterator[tuple[Path, str | None]]:
    """Each file below a folder with None, and each thing passed over with the reason."""
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        yield folder, f"a folder that cannot be opened ({reason(error)})"
        return
    for path in entries:
        if path.name.startswith("."):
            yield path, "its name begins with a dot"
            continue
        try:
            why = _why_not(path, above, left_out)
            is_folder = why is None and path.is_dir()
            inside = (*above, path.resolve()) if is_folder else above
        except (OSError, RuntimeError) as error:
            yield path, f"it cannot be opened ({reason(error) if isinstance(error, OSError) else error})"
            continue
        if is_folder:
            yield from _walk(path, inside, left_out)
        else:
            yield path, why


def _why_not(path: Path, above: tuple[Path, ...], left_out: frozenset[Path]) -> str | None:
    """Why a path is not taken in, or None."""
    if path.is_file():
        return None
    if not path.is_dir():
        if path.is_symlink():
            return "a link to a file that is not there"
        return "neither a file nor a folder"
    if path.resolve() in above:
        return "a link to a folder it lies in"
    if path.resolve() in left_out:
        return "the folder the results are written to"
    if Book.is_book(path):
        return "a book of its own"
    return None
