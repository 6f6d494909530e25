"""`citewell eval headings`: headings found in PDFs whose outline is hidden, against that outline, or against labels.

Documents are taken by a rule and in the order of their names; of every two the first is for developing (`dev`) and the
second for the figure (`test`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.structure.heading_sources import HeadedDocument, labelled_documents, outlined_documents
from evaluation.structure.headings import HeadingScore, Titled, score_headings, score_pages, total
from ingest.readers.pdf.reader import PdfReader
from rag.runtime.progress import Progress

SPLITS = ("dev", "test")


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """The score of one document."""

    document: str
    split: str
    score: HeadingScore


@dataclass(frozen=True, slots=True)
class Report:
    """The scores of the documents of a folder."""

    set: str
    documents: tuple[DocumentScore, ...]

    def total(self, split: str = "") -> HeadingScore:
        """Return the sum of the scores, of one split or of all."""
        return total(each.score for each in self.documents if split in ("", each.split))

    def splits(self) -> dict[str, HeadingScore]:
        """Return the sum of the scores of each split that has documents."""
        return {split: self.total(split) for split in SPLITS if any(each.split == split for each in self.documents)}


def evaluate(folder: Path, progress: Progress, *, labelled: bool = False) -> Report:
    """Read the documents of a folder without their outline, and compare the headings found.

    Raises:
        EvaluationError: the folder has no document to compare with.
    """
    documents = list(labelled_documents(folder) if labelled else outlined_documents(folder))
    if not documents:
        raise EvaluationError(f"{folder} has no PDF with an outline whose entries are on its pages.")
    scores: list[DocumentScore] = []
    for done, document in enumerate(documents):
        progress("Reading", done, len(documents))
        scores.append(DocumentScore(document.path.name, SPLITS[done % 2], score_document(document)))
    return Report("labels" if labelled else "outlines", tuple(scores))


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
