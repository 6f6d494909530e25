"""The tools `search` and `fetch`, as ChatGPT's connectors and deep research ask for them."""

import re
from collections.abc import Iterator

from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.caller import document_of, documents_of
from api.cited_quotes import viewer_url
from api.mcp.tool import Arguments, Call, Result, Tool
from api.question import Selection, documents_for
from rag.errors import AccessError, QuestionError
from rag.text.locations import chunk_location
from rag.types import Document, Page, Passage

_MAX_CHARACTERS = 60_000
"""Longest text of a document that is fetched at once, some 15,000 tokens; a single page is given whole."""

_ID = re.compile(r"(\d{1,18})(?::(\d{1,9}))?")


class SearchArguments(Arguments):
    """Arguments of `search`."""

    query: str = Field(min_length=1, description="What to look for: a question or words, in any language.")


class Found(Result):
    """A page that was found. `id` is for `fetch`."""

    id: str
    title: str
    url: str


class SearchResult(Result):
    """The result of `search`: pages, the best first."""

    results: list[Found]


class FetchArguments(Arguments):
    """Arguments of `fetch`."""

    id: str = Field(description="An id from search, such as '12:3', or of a whole document, such as '12'.")


class Fetched(Result):
    """The result of `fetch`. `metadata` says which document and pages the text is from."""

    id: str
    title: str
    text: str
    url: str
    metadata: dict[str, str]


async def _search(call: Call, given: SearchArguments) -> SearchResult:
    await call.models("search", call.report)
    return SearchResult(results=await run_in_threadpool(lambda: list(_results(call, given.query.strip()))))


def _results(call: Call, query: str) -> Iterator[Found]:
    pages: set[str] = set()
    for passage in _passages(call, query):
        chunk = passage.chunk
        id_ = f"{chunk.document_id}:{chunk.page}"
        if id_ not in pages:
            pages.add(id_)
            url = viewer_url(call.request, chunk.document_id, chunk.page, chunk.start, chunk.end)
            yield Found(id=id_, title=chunk_location(chunk), url=url)


def _passages(call: Call, query: str) -> list[Passage]:
    services = call.backend.services
    limit = services.settings.max_question_chars
    if not query:
        raise QuestionError("The query is empty. Say what to look for.")
    if len(query) > limit:
        raise QuestionError(f"The query has {len(query)} characters, and the limit is {limit}. Shorten it.")
    if not documents_of(call.backend.services, call.caller):
        return []
    candidates = services.settings.candidates
    within = documents_for(services, call.caller, Selection())
    return services.reranker.rerank(query, services.retriever.retrieve(query, candidates, within), candidates)


def _fetch(call: Call, given: FetchArguments) -> Fetched:
    id_ = given.id.strip()
    found = _ID.fullmatch(id_)
    if not found:
        raise QuestionError(f"'{id_[:100]}' is no id. Take one from search or list_documents, such as '12:3' or '12'.")
    document = document_of(call.backend.services, call.caller, int(found[1]))
    if found[2]:
        pages, rest = [page_of(call, document, int(found[2]))], int(found[2]) + 1
    else:
        pages, rest = _beginning(call, document)
    place = _extent(pages) if found[2] or rest <= document.pages else ""
    return Fetched(
        id=id_,
        title=", ".join(part for part in (document.facts.title or document.name, place) if part),
        text="\n\n".join(page.text for page in pages),
        url=viewer_url(call.request, document.id, pages[0].number),
        metadata=_metadata(document, pages, rest),
    )


def page_of(call: Call, document: Document, number: int) -> Page:
    """Return a page of a document that the caller may see.

    Raises:
        AccessError: the document has no such page.
    """
    page = call.library.page(document.id, number)
    if page is None:
        raise AccessError(f"{document.name} has no page {number}: its pages are 1 to {document.pages}.")
    return page


def _beginning(call: Call, document: Document) -> tuple[list[Page], int]:
    """Return the first pages, as many as are given at once, and the number of the page after them."""
    pages, characters = [page_of(call, document, 1)], 0
    for number in range(2, document.pages + 1):
        page = page_of(call, document, number)
        characters += len(pages[-1].text)
        if characters + len(page.text) > _MAX_CHARACTERS:
            break
        pages.append(page)
    return pages, pages[-1].number + 1


def _extent(pages: list[Page]) -> str:
    first, last = pages[0].label or str(pages[0].number), pages[-1].label or str(pages[-1].number)
    return f"page {first}" if first == last else f"pages {first} to {last}"


def _metadata(document: Document, pages: list[Page], rest: int) -> dict[str, str]:
    facts = document.facts
    values = {
        "document_id": str(document.id),
        "document": document.name,
        "pages": _extent(pages).split(" ", 1)[1],
        "pages_in_document": str(document.pages),
        "next_id": f"{document.id}:{rest}" if rest <= document.pages else "",
        "collection": document.collection,
        **{name: getattr(facts, name) for name in ("title", "organisation", "authors", "date", "kind", "language")},
        "address": facts.address,
    }
    return {name: value for name, value in values.items() if value}


SEARCH = Tool(
    name="search",
    title="Search the documents",
    description="Search the user's own documents. Returns pages, the best first; read one with fetch.",
    arguments=SearchArguments,
    result=SearchResult,
    run=_search,
)
FETCH = Tool(
    name="fetch",
    title="Fetch a page or a document",
    description=(
        "Return the text of a page that search found, or of a document from its beginning; next_id in the metadata is "
        "the page to go on with."
    ),
    arguments=FetchArguments,
    result=Fetched,
    run=_fetch,
)
