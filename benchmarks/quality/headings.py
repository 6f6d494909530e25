"""Measure the headings found in PDFs: `python -m benchmarks.quality.headings DIR [--labels]`.

The outlines are hidden, and are what the headings are compared with; with `--labels`, headings labelled by hand on a
sample of pages. Documents are taken by a rule and in the order of their names; of every two the first is for developing
(`dev`) and the second for the figure (`test`).
"""

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.quality.heading_scores import HeadingScore, Titled, score_headings, score_pages, total
from evaluation.set_files import read_json_lines
from ingest.readers.pdf.heading_finder import named_lines
from ingest.readers.pdf.metadata import OutlineEntry
from ingest.readers.pdf.pdfium import Pdf, open_pdf
from ingest.readers.pdf.reader import PdfReader
from rag.errors import DocumentError

SPLITS = ("dev", "test")
LABELS = Path(__file__).parent / "labels" / "headings.jsonl"
MIN_ENTRIES = 5
MIN_TRUE = 0.75
"""An outline is taken if it has so many entries, and this share of them names a line of its page."""


@dataclass(frozen=True, slots=True)
class HeadedDocument:
    """A document and the headings it is known to have. If `pages` has any, all headings of those pages are known."""

    path: Path
    headings: tuple[Titled, ...]
    pages: frozenset[int] = frozenset()


def main() -> None:
    """Print the score of each document, and of each split that has some."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--labels", action="store_true", help="compare with labels, not with outlines")
    options = parser.parse_args()
    documents = labelled_documents(options.folder) if options.labels else outlined_documents(options.folder)
    print("document\tsplit\texpected\tfound\tright\tprecision\trecall\tF1\tF1 with level")
    scores: dict[str, list[HeadingScore]] = {}
    for number, document in enumerate(documents):
        split, score = SPLITS[number % 2], score_document(document)
        scores.setdefault(split, []).append(score)
        _print_row(document.path.name, split, score)
    for split, own in scores.items():
        _print_row(f"all {split}", "", total(own))


def _print_row(name: str, split: str, score: HeadingScore) -> None:
    shares = (score.precision(), score.recall(), score.f1(), score.f1(levels=True))
    counts = f"{score.expected}\t{score.found}\t{score.right}"
    print(f"{name}\t{split}\t{counts}\t" + "\t".join(f"{share:.3f}" for share in shares), flush=True)


def score_document(document: HeadedDocument) -> HeadingScore:
    """Read a document without its outline, and score the headings found."""
    found = list(found_headings(document.path, document.pages))
    if document.pages:
        return score_pages(document.headings, found)
    return score_headings(document.headings, found)


def found_headings(path: Path, pages: frozenset[int]) -> Iterable[Titled]:
    """Yield the headings that the reader finds in a PDF, of some pages or of all."""
    for page in PdfReader(use_outline=False).read(path):
        if not pages or page.number in pages:
            for heading in page.structure.headings:
                yield Titled(page.number, heading.level, heading.title)


def outlined_documents(folder: Path) -> Iterator[HeadedDocument]:
    """Yield the PDFs in a folder whose outline is true, by name; of those with equal outlines only the first."""
    seen: set[tuple[tuple[int, str], ...]] = set()
    for path in sorted(folder.rglob("*.pdf"), key=lambda path: (path.name, path)):
        entries = _true_outline(path)
        key = tuple((entry.level, entry.title) for entry in entries)
        if entries and key not in seen:
            seen.add(key)
            yield HeadedDocument(path, entries)


def labelled_documents(folder: Path) -> Iterator[HeadedDocument]:
    """Yield the labelled documents that are in a folder."""
    pages: dict[str, dict[int, tuple[Titled, ...]]] = {}
    for row in read_json_lines(LABELS):
        titles = tuple(Titled(row["page"], each["level"], each["title"]) for each in row["headings"])
        pages.setdefault(row["document"], {})[row["page"]] = titles
    known = {path.name: path for path in sorted(folder.rglob("*.pdf")) if path.name in pages}
    for name in sorted(known):
        headings = tuple(title for page in sorted(pages[name]) for title in pages[name][page])
        yield HeadedDocument(known[name], headings, frozenset(pages[name]))


def _true_outline(path: Path) -> tuple[Titled, ...]:
    """Return the entries of a PDF's outline, none if it has few or if they are not on their pages."""
    try:
        with open_pdf(path) as pdf:
            outline = pdf.outline()
            count = sum(map(len, outline.values()))
            if count < MIN_ENTRIES or sum(_named(pdf, page, outline[page]) for page in outline) < MIN_TRUE * count:
                return ()
    except DocumentError:
        return ()
    return tuple(Titled(page + 1, entry.depth, entry.title) for page in sorted(outline) for entry in outline[page])


def _named(pdf: Pdf, page: int, entries: list[OutlineEntry]) -> int:
    """Return how many of the entries for a page name a line of it."""
    try:
        with pdf.page(page) as opened, opened.text() as characters:
            return len(named_lines(entries, characters.text.splitlines()))
    except DocumentError:
        return 0


if __name__ == "__main__":
    main()
