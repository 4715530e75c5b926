"""Take-in of all shared West Virginia sources, beside reading the same bytes and extracting the PDFs' bare text.

python benchmarks/take_in.py [RUNS]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from measure import here, in_child, machine

SOURCES = Path(__file__).resolve().parents[2] / "shared" / "data" / "west_virginia"


def whole_take_in() -> None:
    from wardbook.intake.take_in import take_in
    from wardbook.records.book import Book
    from wardbook.records.settings import Settings

    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(time_zone="America/New_York", home_region="WV")
        with Book.create(Path(scratch) / "wv.book", settings) as book:
            take_in(book, [SOURCES])


def bare_text() -> None:
    import pypdfium2

    for path in sorted(SOURCES.rglob("*.pdf")):
        document = pypdfium2.PdfDocument(path)
        for page in document:
            page.get_textpage().get_text_range()


def bare_bytes() -> None:
    from wardbook.custody.store import sha256_file

    for path in sorted(SOURCES.rglob("*")):
        if path.is_file():
            sha256_file(path)


WORK = {
    "take-in": whole_take_in,
    "bare text of the PDFs (pdfium)": bare_text,
    "SHA-256 of every file": bare_bytes,
}


def main() -> None:
    if len(sys.argv) > 2 and sys.argv[1] == "--child":
        here(WORK[sys.argv[2]])
        return
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    measures = [in_child(name, __file__, ["--child", name], runs) for name in WORK]
    print(machine())
    print("| work | median s | x of take-in | peak MB |\n| --- | ---: | ---: | ---: |")
    for one in measures:
        print(
            f"| {one.name} | {one.seconds:.2f} | {one.seconds / measures[0].seconds:.3f} | {one.peak_mb:.0f} |"
        )


if __name__ == "__main__":
    main()
