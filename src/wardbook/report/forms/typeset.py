"""Setting a PDF by Typst (extra ``report``) with the template ``report.typ``; the same words, the same bytes.

The fonts are those that ship with Typst and Matplotlib, never the machine's. The standards are PDF/A-3 level
A (ISO 19005-3) and PDF/UA-1 (ISO 14289-1); Typst refuses to write a file that breaks what it knows of them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from wardbook.errors import InputRefusedError, WrongUseError
from wardbook.report.forms import charts


def can_make_pdf() -> bool:
    """Whether the extra ``report`` is installed."""
    return find_spec("typst") is not None and charts.available()


def typeset(data: Mapping[str, Any], files: Mapping[str, str], fonts: Sequence[Path] = ()) -> bytes:
    """The PDF that the template makes of ``data``; ``files`` are figures and attachments by their names.

    ``fonts`` are folders with further fonts, for scripts that the shipped ones do not have. Raises
    `WrongUseError` without the extra ``report``, `InputRefusedError` for a text that no font shows.
    """
    if not can_make_pdf():
        raise WrongUseError("a PDF needs the extra `report`: pip install 'wardbook[report]'")
    import typst

    template = resources.files("wardbook.report").joinpath("page", "report.typ").read_text("utf-8")
    laid_out = {**files, "report.typ": template, "data.json": json.dumps(data, ensure_ascii=False)}
    with tempfile.TemporaryDirectory(prefix="wardbook-report-") as place:
        for name, text in laid_out.items():
            (Path(place) / name).write_text(text, "utf-8", newline="\n")
        try:
            made = typst.compile(
                str(Path(place) / "report.typ"),
                root=place,
                font_paths=[str(path) for path in (*_shipped_fonts(), *fonts)],
                ignore_system_fonts=True,
                pdf_standards=["a-3a", "ua-1"],
            )
        except typst.TypstError as error:
            raise InputRefusedError(
                "the report", "text that the fonts at hand can show", str(error), "Give --fonts."
            ) from error
    return bytes(made)


def _shipped_fonts() -> tuple[Path, ...]:
    import matplotlib as mpl

    return (Path(mpl.get_data_path()) / "fonts" / "ttf",)
