"""The headings that documents say they have: in a PDF's outline, or labelled by hand on a sample of pages."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evaluation.datasets.labelled_set import EvaluationError, explain
from evaluation.structure.headings import Titled
from ingest.readers.pdf.pdfium import PDFIUM, Pdf
from ingest.readers.pdf.sections.outline import OutlineEntry, named_lines
from rag.errors import DocumentError

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
    """Yield the labelled documents that are in a folder.

    Raises:
        EvaluationError: none of them is there.
    """
    pages: dict[str, dict[int, tuple[Titled, ...]]] = {}
    try:
        for line in LABELS.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            titles = tuple(Titled(row["page"], each["level"], each["title"]) for each in row["headings"])
            pages.setdefault(row["document"], {})[row["page"]] = titles
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(f"{LABELS.name} cannot be read: {explain(error)}.") from error
    known = {path.name: path for path in sorted(folder.rglob("*.pdf")) if path.name in pages}
    if not known:
        raise EvaluationError(f"{folder} has none of the labelled documents, such as {next(iter(pages))}.")
    for name in sorted(known):
        headings = tuple(title for page in sorted(pages[name]) for title in pages[name][page])
        yield HeadedDocument(known[name], headings, frozenset(pages[name]))


def _true_outline(path: Path) -> tuple[Titled, ...]:
    """Return the entries of a PDF's outline, none if it has few or if they are not on their pages."""
    with PDFIUM:
        try:
            pdf = Pdf(path)
        except DocumentError:
            return ()
        try:
            outline = pdf.outline()
            count = sum(map(len, outline.values()))
            if count < MIN_ENTRIES or sum(_named(pdf, page, outline[page]) for page in outline) < MIN_TRUE * count:
                return ()
        finally:
            pdf.close()
    return tuple(Titled(page + 1, entry.depth, entry.title) for page in sorted(outline) for entry in outline[page])


def _named(pdf: Pdf, page: int, entries: list[OutlineEntry]) -> int:
    """Return how many of the entries for a page name a line of it."""
    try:
        with pdf.page(page) as opened, opened.text() as characters:
            return len(named_lines(entries, characters.text.splitlines()))
    except DocumentError:
        return 0
