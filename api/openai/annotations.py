"""Quotes as annotations of OpenAI's: where the marker `[n]` stands in the text, and what it points to."""

from dataclasses import dataclass
from typing import Any

from api.cited_quotes import CitedQuote
from api.openai.answer_endings import title_of
from api.openai.file_ids import file_id


@dataclass(frozen=True, slots=True)
class Annotation:
    """A quote, and its marker at characters (code points) `[start, end)` of the text."""

    start: int
    end: int
    quote: CitedQuote


def chat_annotation(annotation: Annotation) -> dict[str, Any]:
    """Return an annotation of a chat message."""
    return {"type": "url_citation", "url_citation": _cited(annotation), "citewell": _quoted(annotation.quote)}


def response_annotation(annotation: Annotation) -> dict[str, Any]:
    """Return an annotation of a response's text."""
    quote = annotation.quote
    return {
        "type": "file_citation",
        "index": annotation.start,
        "file_id": file_id(quote.document_id),
        "filename": quote.document,
        "citewell": {**_quoted(quote), **_cited(annotation)},
    }


def _cited(annotation: Annotation) -> dict[str, Any]:
    quote = annotation.quote
    return {
        "start_index": annotation.start,
        "end_index": annotation.end,
        "title": title_of(quote),
        "url": quote.url,
    }


def _quoted(quote: CitedQuote) -> dict[str, Any]:
    """Return what OpenAI's shape has no place for: clients ignore it."""
    return {
        "number": quote.number,
        "file_id": file_id(quote.document_id),
        "page": quote.page,
        "start": quote.start,
        "end": quote.end,
        "quote": quote.quote,
        "score": quote.score,
        "support": quote.support,
    }
