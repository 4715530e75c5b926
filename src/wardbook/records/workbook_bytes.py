"""The bytes of a workbook (openpyxl) without a clock reading in them: the same cells, the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

from openpyxl import Workbook

_FIXED = datetime(2000, 1, 1)  # noqa: DTZ001  a spreadsheet's own time has no zone
_STAMP = _FIXED.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
_TIMES = re.compile(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*")


def workbook_bytes(book: Workbook) -> bytes:
    """The file of ``book``, its parts in order of their names, all its times set to one."""
    book.properties.created = book.properties.modified = _FIXED
    made, kept = io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as out:
        for part in sorted(parts.namelist()):
            data = parts.read(part)
            if part == "docProps/core.xml":
                data = _TIMES.sub(rb"\g<1>" + _STAMP, data)
            info = zipfile.ZipInfo(part, (2000, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, data)
    return kept.getvalue()
