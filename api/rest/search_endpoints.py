"""Search: the passages that a question would be answered from, without an answer."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request

from api.assistant_events import require_ready
from api.backend import Backend
from api.caller import Caller
from api.cited_quotes import viewer_url
from api.question import documents_for
from api.rest.common import BackendOf, CallerOf, Shown, Strict, problems
from api.rest.selection import MAX_QUESTION, Within
from rag.errors import QuestionError
from rag.text.locations import place_of
from rag.types import Passage

router = APIRouter(prefix="/search", tags=["search"])


class Query(Strict):
    """A search."""

    query: Annotated[str, Field(max_length=MAX_QUESTION)]
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    within: Within = Within()


class PassageShown(Shown):
    """A passage: characters `[start, end)` of a page. Higher scores are better, and comparable in one search only."""

    document_id: int
    document: str
    page: int
    label: str
    place: str
    start: int
    end: int
    text: str
    heading: str
    score: float
    url: str


class Found(Shown):
    """The passages, best first."""

    query: str
    passages: list[PassageShown]


@router.post("", responses=problems(422))
async def search(sent: Query, backend: BackendOf, caller: CallerOf, request: Request) -> Found:
    """Search the documents by meaning and words, as a question does."""
    return await backend.searches.run(caller.owner, _search, sent, backend, caller, request)


def _search(sent: Query, backend: Backend, caller: Caller, request: Request) -> Found:
    services, text = backend.services, sent.query.strip()
    require_ready(backend)
    if not text or len(text) > services.settings.max_question_chars:
        most = services.settings.max_question_chars
        raise QuestionError(f"A search has 1 to {most} characters (setting max_question_chars).")
    within = documents_for(services, caller, sent.within.selection())
    candidates = max(sent.limit, services.settings.candidates)
    found = services.retriever.retrieve(text, candidates, within)
    best = services.reranker.rerank(text, found, sent.limit)
    return Found(query=text, passages=[passage_shown(passage, request) for passage in best])


def passage_shown(passage: Passage, request: Request) -> PassageShown:
    """Return a passage as clients see it."""
    chunk = passage.chunk
    return PassageShown(
        document_id=chunk.document_id,
        document=chunk.document,
        page=chunk.page,
        label=chunk.page_label,
        place=place_of(chunk),
        start=chunk.start,
        end=chunk.end,
        text=chunk.text,
        heading=chunk.heading,
        score=round(passage.score, 4),
        url=viewer_url(request, chunk.document_id, chunk.page, chunk.start, chunk.end),
    )
