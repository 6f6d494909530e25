"""The quotes of an answer as programs need them: each with its place, its support, and where a person sees it."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request

from rag.types import Answer, Sentence, Support

VIEWER = "/api/v1/documents/{id}/pages/{page}/view"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedQuote:
    """A quote that supports a sentence: characters `[start, end)` of a page, and how well they support it.

    `number` is the marker `[n]` in the answer. `sentence_start` and `sentence_end` are the sentence's characters in the
    answer's text. `url` is the page viewer's, "" if the document has been removed.
    """

    number: int
    document_id: int
    document: str
    page: int
    label: str
    place: str
    start: int
    end: int
    quote: str
    score: float
    support: Support
    sentence_start: int
    sentence_end: int
    url: str


def citations_of(answer: Answer, request: Request) -> list[CitedQuote]:
    """Return the quotes of an answer, in the order of its sentences."""
    ids = {number: passage.chunk.document_id for number, passage in enumerate(answer.passages, start=1)}
    return list(cited_quotes(answer.sentences, ids, request))


def cited_quotes(sentences: tuple[Sentence, ...], ids: dict[int, int], request: Request) -> Iterator[CitedQuote]:
    """Yield the quotes of sentences; `ids` are the documents' by the numbers of their passages."""
    for sentence in sentences:
        for citation in sentence.citations:
            id_ = ids.get(citation.number, 0)
            yield CitedQuote(
                number=citation.number,
                document_id=id_,
                document=citation.document,
                page=citation.page,
                label=citation.label,
                place=citation.place,
                start=citation.start,
                end=citation.end,
                quote=citation.quote,
                score=round(citation.score, 4),
                support=sentence.support,
                sentence_start=sentence.start,
                sentence_end=sentence.end,
                url=viewer_url(request, id_, citation.page, citation.start, citation.end) if id_ else "",
            )


def viewer_url(request: Request, document_id: int, page: int, start: int = 0, end: int = 0) -> str:
    """Return the address of a page with marked characters, on the host that the request was sent to."""
    query = f"?{urlencode({'start': start, 'end': end})}" if end > start else ""
    return f"{str(request.base_url).rstrip('/')}{VIEWER.format(id=document_id, page=page)}{query}"
