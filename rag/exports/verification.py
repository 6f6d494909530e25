"""Checks exported answers against the library, which it only reads: the same documents, quotes and support, or not.

Support is judged anew, over the text that the library holds now at the places the answer was made from. So a verdict
that was edited, a number that was changed in a sentence and a document that says something else now all come out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from rag.errors import LibraryError
from rag.exports.answer_schema import Export, ExportedCitation, ExportedPassage, ExportedPlace
from rag.grounding.citations import cite
from rag.interfaces import Library, Scorer
from rag.prompting.prompt import cited_place
from rag.types import Chunk, Document, Passage, Sentence, Support

Kind = Literal[
    "document-removed",
    "document-changed",
    "passage-changed",
    "quote-moved",
    "quote-gone",
    "sentence-edited",
    "support-changed",
]

_SHOWN_CHARACTERS = 100
_RANK: tuple[Support, ...] = ("unsupported", "weak", "supported")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is no longer as the answer says. `sentence` counts from 1; 0 where it is about a document.

    `answer` counts the answers of a conversation from 1.
    """

    kind: Kind
    message: str
    document: str = ""
    sentence: int = 0
    answer: int = 1


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check found, and how much it checked."""

    findings: tuple[Finding, ...]
    answers: int
    sentences: int
    quotes: int
    documents: int

    @property
    def holds(self) -> bool:
        """Whether everything is as the answer says."""
        return not self.findings


def verify(exports: Sequence[Export], library: Library, scorer: Scorer) -> Verification:
    """Compare exported answers with the library, and judge their sentences anew.

    Raises:
        LibraryError: the library is empty.
    """
    if not library.documents():
        raise LibraryError(
            "There is nothing to verify against: the library is empty. Name the right one with --library, or run "
            "'citewell ingest PATH' first."
        )
    stored = _Stored(library)
    findings = [
        replace(finding, answer=number)
        for number, export in enumerate(exports, start=1)
        for finding in _findings(export, stored, scorer)
    ]
    return Verification(
        tuple(findings),
        len(exports),
        sum(len(export.sentences) for export in exports),
        sum(len(_quotes(export)) for export in exports),
        len({document for export in exports for document in _named(export)}),
    )


def _findings(export: Export, stored: "_Stored", scorer: Scorer) -> Iterator[Finding]:
    yield from _documents(export, stored)
    yield from _passages(export, stored)
    for citation, number in _quotes(export).items():
        yield from _quote(citation, number, stored)
    yield from _support(export, stored, scorer)


def _quotes(export: Export) -> dict[ExportedCitation, int]:
    """Each quote with the number of the sentence that gives it first."""
    quotes: dict[ExportedCitation, int] = {}
    for number, sentence in enumerate(export.sentences, start=1):
        for citation in (*sentence.citations, *sentence.disputed_by):
            quotes.setdefault(citation, number)
    return quotes


class _Stored:
    """What the library holds now of the documents that an answer names."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._by_hash = {document.sha256: document for document in library.documents()}
        self._by_name = {document.name: document for document in library.documents()}
        self.page = cache(self._page)
        self.chunks = cache(lambda document_id: library.chunks(library.chunk_ids({document_id})))

    def document(self, name: str, sha256: str) -> Document | None:
        """The document of this content, wherever it lies and whatever it is called now; else what has its name."""
        return self._by_hash.get(sha256) or self._by_name.get(name)

    def text(self, place: ExportedPlace) -> str:
        """What stands there now; "" if there is nothing."""
        document = self.document(place.document, place.sha256)
        return self.page(document.id, place.page)[place.start : place.end] if document else ""

    def heading(self, place: ExportedPlace) -> str:
        """What stands over it now: part of what its sentences were judged by."""
        document = self.document(place.document, place.sha256)
        chunks = self.chunks(document.id) if document else []
        return next((c.heading for c in chunks if c.page == place.page and c.start <= place.start < c.end), "")

    def pages_with(self, citation: ExportedCitation) -> Iterator[int]:
        """Numbers of the pages that hold the quote now."""
        document = self.document(citation.document, citation.sha256)
        for number in range(1, document.pages + 1 if document else 1):
            if document and citation.quote in self.page(document.id, number):
                yield number

    def _page(self, document_id: int, number: int) -> str:
        page = self._library.page(document_id, number)
        return page.text if page else ""


def _named(export: Export) -> set[tuple[str, str]]:
    """Name and sha256 of each document."""
    return {(passage.document, passage.sha256) for passage in export.passages if not passage.removed}


def _documents(export: Export, stored: _Stored) -> Iterator[Finding]:
    if export.redacted:
        yield Finding(
            "document-removed",
            "Some of its sources were removed from the library. What it said and quoted of them was taken out of it, "
            "and cannot be checked.",
        )
    for name, sha256 in sorted(_named(export)):
        document = stored.document(name, sha256)
        if document is None:
            yield Finding("document-removed", f"{name} is no longer in the library.", name)
        elif document.sha256 != sha256:
            yield Finding(
                "document-changed",
                f"{name} has changed: its sha256 was {sha256[:12]}… and is {document.sha256[:12]}….",
                name,
            )


def _passages(export: Export, stored: _Stored) -> Iterator[Finding]:
    """Passages that read differently now; of a document that is gone it is said once."""
    for passage in export.passages:
        if passage.removed:
            continue
        if stored.document(passage.document, passage.sha256) and stored.text(passage) != passage.text:
            yield Finding(
                "passage-changed",
                f"Passage {passage.number} ({_where(passage)}) reads differently now.",
                passage.document,
            )


def _quote(citation: ExportedCitation, sentence: int, stored: _Stored) -> Iterator[Finding]:
    if stored.text(citation) == citation.quote:
        return
    quote, name = f"The quote “{_short(citation.quote)}” of sentence {sentence}", citation.document
    pages = list(stored.pages_with(citation))
    if not pages:
        yield Finding("quote-gone", f"{quote} is gone from {_where(citation)}.", name, sentence)
    elif citation.page in pages:
        yield Finding("quote-moved", f"{quote} stands elsewhere in {_where(citation)} now.", name, sentence)
    else:
        yield Finding(
            "quote-moved", f"{quote} is no longer in {_where(citation)}, but on page {pages[0]}.", name, sentence
        )


def _support(export: Export, stored: _Stored, scorer: Scorer) -> Iterator[Finding]:
    passages = [_passage_now(passage, stored) for passage in export.passages]
    judged = {(s.start, s.end): s for s in cite(export.answer, export.question, passages, scorer)}
    for number, sentence in enumerate(export.sentences, start=1):
        now: Sentence | None = judged.get((sentence.start, sentence.end))
        support = now.support if now else "unsupported"
        said = f"“{_short(sentence.text)}”"
        if now is None or now.text != sentence.text:
            yield Finding(
                "sentence-edited", f"Sentence {number} is not in the answer as it was given: {said}", "", number
            )
            parts = cite(sentence.text, export.question, passages, scorer)
            support = min((part.support for part in parts), key=_RANK.index, default="unsupported")
        if support != sentence.support:
            yield Finding(
                "support-changed", f"Sentence {number} was {sentence.support} and is {support} now: {said}", "", number
            )


def _passage_now(passage: ExportedPassage, stored: _Stored) -> Passage:
    text = "" if passage.removed else stored.text(passage)
    end = passage.start + len(text)
    heading = "" if passage.removed else stored.heading(passage)
    return Passage(
        Chunk(
            id=0,
            document_id=0,
            document=passage.document,
            page=passage.page,
            page_label=passage.label,
            start=passage.start,
            end=end,
            text=text,
            heading=heading,
        ),
        1.0,
    )


def _where(found: ExportedPlace) -> str:
    return cited_place(found.document, found.page, found.label)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
