"""The tools `list_documents` and `read_page`."""

from pydantic import Field

from api.caller import document_of, documents_of
from api.cited_quotes import viewer_url
from api.mcp.search_tools import page_of
from api.mcp.tool import Arguments, Call, Result, Tool
from rag.types import Document


class ListArguments(Arguments):
    """Arguments of `list_documents`."""

    name: str = Field(default="", description="Only documents with this in their name or title.")
    collection: str | None = Field(default=None, description="Only documents of this collection; '' for those in none.")
    offset: int = Field(default=0, ge=0, description="How many to leave out at the beginning.")
    limit: int = Field(default=100, ge=1, le=500, description="How many to list.")


class ListedDocument(Result):
    """A document. `id` is for the other tools; `kind`, `date` and so on are "" where nothing says so."""

    id: int
    name: str
    title: str
    collection: str
    kind: str
    date: str
    period: str
    language: str
    pages: int
    added_at: str
    url: str


class DocumentList(Result):
    """The result of `list_documents`: some documents by name, of the `total` that match."""

    documents: list[ListedDocument]
    total: int


class PageArguments(Arguments):
    """Arguments of `read_page`."""

    document_id: int = Field(ge=1, description="The id of the document, as listed or cited.")
    page: int = Field(default=1, ge=1, description="The number of the page, from 1.")


class PageRead(Result):
    """The result of `read_page`. `label` is the printed page number, or what the document has instead of pages."""

    document_id: int
    document: str
    page: int
    pages: int
    label: str
    text: str
    note: str
    url: str


def _list(call: Call, given: ListArguments) -> DocumentList:
    found = [each for each in documents_of(call.backend.services, call.caller) if _matches(each, given)]
    chosen = found[given.offset : given.offset + given.limit]
    return DocumentList(documents=[_listed(call, each) for each in chosen], total=len(found))


def _matches(document: Document, given: ListArguments) -> bool:
    is_named = given.name.casefold() in f"{document.name}\n{document.facts.title}".casefold()
    return is_named and given.collection in (None, document.collection)


def _listed(call: Call, document: Document) -> ListedDocument:
    facts = document.facts
    return ListedDocument(
        id=document.id,
        name=document.name,
        title=facts.title,
        collection=document.collection,
        kind=facts.kind,
        date=facts.date,
        period=facts.period,
        language=facts.language,
        pages=document.pages,
        added_at=document.added_at,
        url=viewer_url(call.request, document.id, 1),
    )


def _read(call: Call, given: PageArguments) -> PageRead:
    document = document_of(call.backend.services, call.caller, given.document_id)
    page = page_of(call, document, given.page)
    return PageRead(
        document_id=document.id,
        document=document.name,
        page=page.number,
        pages=document.pages,
        label=page.label,
        text=page.text,
        note=page.note,
        url=viewer_url(call.request, document.id, page.number),
    )


LIST_DOCUMENTS = Tool(
    name="list_documents",
    title="List the documents",
    description="List the user's documents by name, with their ids, what they are, and how many pages they have.",
    arguments=ListArguments,
    result=DocumentList,
    run=_list,
)
READ_PAGE = Tool(
    name="read_page",
    title="Read a page",
    description="Return the whole text of one page of a document, such as one that an answer cites.",
    arguments=PageArguments,
    result=PageRead,
    run=_read,
)
