"""Compare reading PDFs with pypdf and bare pdfium on one core: `python -m benchmarks.reading FILE.pdf...`.

The first pages of each file are read by each engine in turn, several times; the best time counts, because other work on
the machine only slows a run down. Prints a line per file and one for all: milliseconds per page of each engine.
"""

import argparse
import logging
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdf
from pypdf.errors import PyPdfError

from benchmarks.machine import describe
from ingest.readers.pdf.pdfium import open_pdf
from ingest.readers.pdf.reader import PdfReader
from rag.errors import DocumentError

Reading = Callable[[Path], int]
"""Reads a file, and returns its number of pages."""


def main() -> None:
    """Read every file with every engine, and print a line per file and one for all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--pages", type=int, default=40, help="of each file")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    engines: dict[str, Reading] = {"Citewell": with_citewell, "pdfium alone": with_pdfium, "pypdf": with_pypdf}
    print(describe())
    print("file\tpages\t" + "\t".join(f"{name} ms/page" for name in engines) + "\tpypdf/Citewell")
    totals = dict.fromkeys(engines, 0.0)
    all_pages = 0
    for path in options.files:
        try:
            with TemporaryDirectory() as folder:
                part = first_pages(path, options.pages, Path(folder) / "part.pdf")
                pages, seconds = measure(engines, part, options.runs)
        except (DocumentError, PyPdfError) as error:
            print(f"{path.name}\t{error}")
            continue
        all_pages += pages
        for name, one in seconds.items():
            totals[name] += one
        print(line(path.name, pages, seconds))
    if all_pages:
        print(line("all", all_pages, totals))
        print("pages/s\t" + "\t".join(f"{name} {all_pages / one:.0f}" for name, one in totals.items()))


def first_pages(path: Path, pages: int, part: Path) -> Path:
    """Write the first pages of a file to `part`, and return it."""
    writer = pypdf.PdfWriter()
    writer.append(path, pages=(0, min(pages, len(pypdf.PdfReader(path).pages))))
    writer.write(part)
    return part


def measure(engines: dict[str, Reading], path: Path, runs: int) -> tuple[int, dict[str, float]]:
    """Return the number of pages, and the best seconds of each engine."""
    read = 0
    seconds: dict[str, float] = {}
    for _ in range(runs):
        for name, engine in engines.items():
            started = time.perf_counter()
            read = engine(path)
            seconds[name] = min(seconds.get(name, float("inf")), time.perf_counter() - started)
    return read, seconds


def line(name: str, pages: int, seconds: dict[str, float]) -> str:
    """Return one line of the table."""
    each = "\t".join(f"{1000 * one / pages:.2f}" for one in seconds.values())
    return f"{name}\t{pages}\t{each}\t{seconds['pypdf'] / seconds['Citewell']:.1f}"


def with_citewell(path: Path) -> int:
    """Read a file as ingestion does."""
    return sum(1 for _ in PdfReader().read(path))


def with_pdfium(path: Path) -> int:
    """Extract the bare text of pdfium, without reading order or boxes."""
    with open_pdf(path) as pdf:
        count = len(pdf)
        for index in range(count):
            with pdf.page(index) as page, page.text():
                pass
    return count


def with_pypdf(path: Path) -> int:
    """Extract the plain text of pypdf."""
    return len([page.extract_text() for page in pypdf.PdfReader(path).pages])


if __name__ == "__main__":
    main()
