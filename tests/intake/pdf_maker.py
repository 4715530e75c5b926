"""A writer of minimal PDFs for tests, and of flight logs laid out as the real ones are.

The log is laid out from cells given as lines of text, so a test knows what a reader must give back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 1100.0, 612.0


@dataclass
class PageMaker:
    """One page: texts at (x, y, size), underlines, gray bands; ``image`` paints a picture over it."""

    texts: list[tuple[float, float, float, str]] = field(default_factory=list)
    rules: list[tuple[float, float, float]] = field(default_factory=list)
    bands: list[tuple[float, float, float, float]] = field(default_factory=list)
    image: bool = False
    rotate: int = 0
    origin: tuple[float, float] = (0.0, 0.0)

    def text(self, x: float, y: float, text: str, size: float = 9.0) -> None:
        self.texts.append((x, y, size, text))

    def content(self) -> bytes:
        left, bottom = self.origin
        parts = [self._turn(), f"1 0 0 1 {left} {bottom} cm" if not self.rotate else ""]
        parts += [f"0.95 g {x:.2f} {y:.2f} {w:.2f} {h:.2f} re f 0 g" for x, y, w, h in self.bands]
        parts += [f"0.9 w {x0:.2f} {y:.2f} m {x1:.2f} {y:.2f} l S" for x0, x1, y in self.rules]
        for x, y, size, text in self.texts:
            shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            parts.append(f"BT /F1 {size} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm ({shown}) Tj ET")
        if self.image:
            parts.append("q 500 0 0 500 50 50 cm /Im0 Do Q")
        return "\n".join(parts).encode("cp1252")

    def _turn(self) -> str:
        """Turns the content against the page's rotation, so that it is shown upright."""
        matrices = {
            90: f"0 1 -1 0 {HEIGHT} 0 cm",
            180: f"-1 0 0 -1 {WIDTH} {HEIGHT} cm",
            270: f"0 -1 1 0 0 {WIDTH} cm",
        }
        return matrices.get(self.rotate, "")

    def box(self) -> str:
        left, bottom = self.origin
        width, height = (HEIGHT, WIDTH) if self.rotate in (90, 270) else (WIDTH, HEIGHT)
        return f"[{left} {bottom} {left + width} {bottom + height}]"


def pdf_bytes(pages: Sequence[PageMaker], *, locked: bool = False) -> bytes:
    """A PDF of those pages. ``locked`` asks for a password that nobody knows."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    objects.append(
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
        b"/Length 1 >>\nstream\n\x80\nendstream"
    )
    kids = []
    for page in pages:
        content = page.content()
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox {page.box()} /Rotate {page.rotate} "
            f"/Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> /XObject << /Im0 4 0 R >> >> >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>".encode()
    trailer = "/Root 1 0 R"
    if locked:
        secret = "5a" * 32
        objects.append(f"<< /Filter /Standard /V 1 /R 2 /O <{secret}> /U <{secret}> /P -4 >>".encode())
        trailer += f" /Encrypt {len(objects)} 0 R /ID [<{'00' * 16}> <{'00' * 16}>]"
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


Cells = Mapping[str, Sequence[str]]
"""One record: the lines of each cell by heading. In ``Agency`` the mark ¶ begins the division."""

HEADINGS = (
    "Date of Flight",
    "Aircraft",
    "Agency",
    "Flt Hrs",
    "Destinations",
    "Passengers",
    "Comments",
    "Invoiced",
)
PITCH = 10.8
COLUMN = 130.0


@dataclass
class LogMaker:
    """Lays records out on pages with title, headings, shading and footer; breaks records over pages."""

    headings: Sequence[str] = HEADINGS
    criteria: str = "010125-040325"
    bottom: float = 80.0
    shaded: bool = True
    underlined: bool = True
    foot: bool = True
    pages: list[PageMaker] = field(default_factory=list)
    _y: float = 0.0

    def lay(self, records: Sequence[Cells]) -> list[PageMaker]:
        """The pages of a log with these records."""
        self._new_page()
        for number, record in enumerate(records):
            self._record(record, shade=self.shaded and number % 2 == 1)
        if self.foot:
            for number, page in enumerate(self.pages, 1):
                page.text(25, 47, "REPORT KEY: AIRPLANE: N1WV")
                page.text(25, 36, "       CRW = Yeager Airport, Charleston, WV")
                page.text(950, 43, f"Page {number} of {len(self.pages)}", 10)
        return self.pages

    def _new_page(self) -> None:
        page = PageMaker()
        page.text(19, 580, "State of West Virginia Aviation Division", 14)
        page.text(19, 562, f"Aircraft Flight Log (Report Criteria: {self.criteria})", 14)
        for heading, x in zip(self.headings, self._edges(), strict=True):
            page.text(x, 538, heading, 11)
            if self.underlined:
                page.rules.append((x - 0.8, x + 5.6 * len(heading), 536.8))
        self.pages.append(page)
        self._y = 526.0

    def _edges(self) -> list[float]:
        return [22.0 + COLUMN * number for number in range(len(self.headings))]

    def _record(self, record: Cells, *, shade: bool) -> None:
        """Texts at their depth below the record's top; what does not fit goes on on the next page."""
        texts = sorted(self._texts(record))
        height = max(depth for depth, _, _ in texts) + 8.0
        shift = 0.0
        top = self._y
        for depth, x, text in texts:
            y = self._y - (depth - shift)
            if y < self.bottom:
                self._shade(top, self.bottom - 3, shade=shade)
                self._new_page()
                shift, top = depth - 12.0, self._y
                y = self._y - (depth - shift)
            self.pages[-1].text(x, y, text)
        self._y = self._y - (height - shift)
        self._shade(top, self._y, shade=shade)

    def _texts(self, record: Cells) -> list[tuple[float, float, str]]:
        """(depth, x, text) of every line of a record."""
        found = []
        for heading, x in zip(self.headings, self._edges(), strict=True):
            depth = 15.0 if heading in ("Comments", "Invoiced") else 12.0
            indent = -4.0 if heading == "Invoiced" else 12.0 if heading == "Flt Hrs" else 0.8
            for line in record.get(heading, ()):
                depth += 6.0 if line.startswith("¶") else 0.0
                found.append((depth, x + indent, line.removeprefix("¶")))
                depth += PITCH
        return found

    def _shade(self, top: float, bottom: float, *, shade: bool) -> None:
        if shade:
            width = COLUMN * len(self.headings)
            self.pages[-1].bands.append((18.0, bottom, width, top - bottom))


def log_bytes(records: Sequence[Cells], **layout: object) -> bytes:
    """A flight log with these records as the bytes of a PDF."""
    return pdf_bytes(LogMaker(**layout).lay(records))  # type: ignore[arg-type]
