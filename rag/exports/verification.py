"""Check exported answers against the library, which is only read: are documents, quotes and support still the same?

Support is judged again over the text that the library now has at the places the answer was written from. This reveals
an edited verdict, a changed number in a sentence, and a document that now says something else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from rag.errors import LibraryError
from rag.exports.answer_schema import AnswerExport, CitationExport, PassageExport
from rag.grounding.citations import cite, claim_of, weakest
from rag.grounding.scorers import SecondOpinion
from rag.grounding.translated_answers import judge_translation
from rag.interfaces import Library, Scorer
from rag.text.characters import shortened
from rag.text.locations import location, page_location
from rag.types import Chunk, Document, Passage, Sentence

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
_SAME_OPINION = 0.15


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between answer and library. `sentence` counts from 1; 0 if it is about a document.

    `answer` counts the answers of a conversation from 1.
    """

    kind: Kind
    message: str
    document: str = ""
    sentence: int = 0
    answer: int = 1


@dataclass(frozen=True, slots=True)
class Verification:
    """Findings, and how much was checked."""

    findings: tuple[Finding, ...]
    answers: int
    sentences: int
    quotes: int
    documents: int

    @property
    def holds(self) -> bool:
        """True if nothing differs."""
        return not self.findings


def verify(
    exports: Sequence[AnswerExport],
    library: Library,
    scorer: Scorer,
    documents: Sequence[Document] | None = None,
    *,
    again: bool = False,
) -> Verification:
    """Compare exported answers with the library, or with some of its documents, and judge their sentences again.

    Their words are compared again. What the language model thought of their meaning is taken as it was recorded, unless
    the scorer is to be asked for it `again`.

    Raises:
        LibraryError: there are no documents.
    """
    documents = library.documents() if documents is None else documents
    if not documents:
        raise LibraryError(
            "There is nothing to verify against: the library is empty. Name the right one with --library, or run "
            "'citewell ingest PATH' first."
        )
    stored = _Stored(library, documents)
    findings = [
        replace(finding, answer=number)
        for number, export in enumerate(exports, start=1)
        for finding in _findings(export, stored, scorer, again=again)
    ]
    return Verification(
        tuple(findings),
        len(exports),
        sum(len(export.sentences) for export in exports),
        sum(len(_quotes(export)) for export in exports),
        len({document for export in exports for document in _named(export)}),
    )


def _findings(export: AnswerExport, stored: "_Stored", scorer: Scorer, *, again: bool) -> Iterator[Finding]:
    yield from _documents(export, stored)
    yield from _passages(export, stored)
    for citation, number in _quotes(export).items():
        yield from _quote(citation, number, stored)
    yield from _support(export, stored, RecordedOpinions(scorer, export, again=again))


class RecordedOpinions(SecondOpinion):
    """A `Scorer` with the opinions that an answer was judged by; `again`, only where today's are nearly the same.

    Probabilities differ a little between processors.
    """

    def __init__(self, scorer: Scorer, export: AnswerExport, *, again: bool) -> None:
        super().__init__(scorer)
        self._again = again
        self._recorded = {claim_of(each.text): each.meaning for each in export.sentences if each.meaning is not None}

    def opinion(self, sentence: str, text: str, context: str = "") -> float | None:
        """Return the recorded opinion, or today's if there is none, or if it is asked for and another."""
        then = self._recorded.get(sentence)
        if then is not None and not self._again:
            return then
        now = super().opinion(sentence, text, context)
        return now if then is None or (now is not None and abs(now - then) > _SAME_OPINION) else then


def _quotes(export: AnswerExport) -> dict[CitationExport, int]:
    """Return each quote once, whatever its score, with the number of the first sentence that has it."""
    quotes: dict[CitationExport, int] = {}
    for number, sentence in enumerate(export.sentences, start=1):
        for citation in (*sentence.citations, *sentence.disputed_by):
            quotes.setdefault(citation.model_copy(update={"score": 0.0}), number)
    return quotes


class _Stored:
    """The present documents with their pages and chunks, by what an export says of them."""

    def __init__(self, library: Library, documents: Sequence[Document]) -> None:
        self._library = library
        self._by_hash = {document.sha256: document for document in documents}
        self._by_name = {document.name: document for document in documents}
        self.page = cache(self._page)
        self.chunks = cache(lambda document_id: library.chunks(library.chunk_ids({document_id})))

    def document(self, name: str, sha256: str) -> Document | None:
        """Return the document of this content, whatever its source and name are now; else the one of this name."""
        return self._by_hash.get(sha256) or self._by_name.get(name)

    def text(self, place: CitationExport | PassageExport) -> str:
        """Return the present text at a place; "" if there is none."""
        document = self.document(place.document, place.sha256)
        return self.page(document.id, place.page)[place.start : place.end] if document else ""

    def context(self, place: CitationExport | PassageExport) -> tuple[str, str]:
        """Return the present title and headings above a place: its sentences were judged by them too."""
        document = self.document(place.document, place.sha256)
        chunks = self.chunks(document.id) if document else []
        inside = (c for c in chunks if c.page == place.page and c.start <= place.start < c.end)
        return next(((chunk.title, chunk.heading) for chunk in inside), ("", ""))

    def pages_with(self, citation: CitationExport) -> Iterator[int]:
        """Yield the numbers of the pages that have the quote now."""
        document = self.document(citation.document, citation.sha256)
        for number in range(1, document.pages + 1 if document else 1):
            if document and citation.quote in self.page(document.id, number):
                yield number

    def _page(self, document_id: int, number: int) -> str:
        page = self._library.page(document_id, number)
        return page.text if page else ""


def _named(export: AnswerExport) -> set[tuple[str, str]]:
    """Return name and sha256 of each document."""
    return {(passage.document, passage.sha256) for passage in export.passages if not passage.removed}


def _documents(export: AnswerExport, stored: _Stored) -> Iterator[Finding]:
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


def _passages(export: AnswerExport, stored: _Stored) -> Iterator[Finding]:
    """Yield passages that read differently now; not those of a removed document, which `_documents` reports."""
    for passage in export.passages:
        if passage.removed:
            continue
        if stored.document(passage.document, passage.sha256) and stored.text(passage) != passage.text:
            yield Finding(
                "passage-changed",
                f"Passage {passage.number} ({_where(passage)}) reads differently now.",
                passage.document,
            )


def _quote(citation: CitationExport, sentence: int, stored: _Stored) -> Iterator[Finding]:
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


def _support(export: AnswerExport, stored: _Stored, scorer: Scorer) -> Iterator[Finding]:
    passages = [_passage_now(passage, stored) for passage in export.passages]
    judged = {(s.start, s.end): s for s in cite(export.answer, export.question, passages, scorer)}
    for number, sentence in enumerate(export.sentences, start=1):
        now: Sentence | None = judged.get((sentence.start, sentence.end))
        if now and sentence.translation:
            now = judge_translation(now, sentence.translation, export.query, passages, scorer)
        support = now.support if now else "unsupported"
        quoted = f"“{_short(sentence.text)}”"
        if now is None or now.text != sentence.text:
            yield Finding(
                "sentence-edited", f"Sentence {number} is not in the answer as it was given: {quoted}", "", number
            )
            support = weakest(cite(sentence.text, export.question, passages, scorer)) or "unsupported"
        if support != sentence.support:
            yield Finding(
                "support-changed",
                f"Sentence {number} was {sentence.support} and is {support} now: {quoted}",
                "",
                number,
            )


def _passage_now(passage: PassageExport, stored: _Stored) -> Passage:
    text = "" if passage.removed else stored.text(passage)
    end = passage.start + len(text)
    title, heading = ("", "") if passage.removed else stored.context(passage)
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
            title=title,
        ),
        1.0,
    )


def _where(found: CitationExport | PassageExport) -> str:
    place = found.place if isinstance(found, CitationExport) else ""
    return location(found.document, place or page_location(found.page, found.label))


def _short(text: str) -> str:
    return shortened(" ".join(text.split()), _SHOWN_CHARACTERS)
