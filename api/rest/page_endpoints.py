"""Pages: their text as it is cited, their image, and a view of both for people who follow a citation."""

from functools import cache
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

import api.rest
from api.backend import Backend
from api.caller import Caller, document_of
from api.problems import ProblemError
from api.rest.common import BackendOf, CallerOf, Cursor, Limit, Shown, page_of, problems
from rag.errors import DocumentError
from rag.text.locations import page_location
from rag.types import Document, Page

router = APIRouter(prefix="/documents/{document_id}/pages", tags=["pages"])

_MAX = 2**31 - 1
PageNumber = Annotated[int, Path(ge=1, le=_MAX)]
Offset = Annotated[int, Query(ge=0, le=_MAX)]
_PNG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}, "description": "The image."}
}


class PageEntry(Shown):
    """A page in the list of a document's pages. `label` is the printed page number, or what the page is."""

    number: int
    label: str
    state: Literal["ready", "empty", "ocr", "failed"]
    note: str
    characters: int


class PageList(Shown):
    """A page of the list of a document's pages."""

    pages: list[PageEntry]
    next_cursor: str | None


class HeadingShown(Shown):
    """A heading, as characters `[start, end)` of the page."""

    level: int
    start: int
    end: int
    title: str


class PageShown(Shown):
    """A page with its text, of which every citation counts the characters."""

    document_id: int
    document: str
    number: int
    label: str
    place: str
    state: Literal["ready", "empty", "ocr", "failed"]
    note: str
    text: str
    headings: list[HeadingShown]


@router.get("", responses=problems(404, 422))
def list_pages(
    document_id: int, backend: BackendOf, caller: CallerOf, limit: Limit = 50, cursor: Cursor = ""
) -> PageList:
    """List the pages of a document."""
    document = document_of(backend.services, caller, document_id)
    records = backend.services.library.page_records(document.id)
    page, following = page_of(records, lambda record: record.number, cursor, limit)
    return PageList(pages=[PageEntry.model_validate(record) for record in page], next_cursor=following)


@router.get("/{page}", responses=problems(404, 422))
def show_page(document_id: int, page: PageNumber, backend: BackendOf, caller: CallerOf) -> PageShown:
    """Show a page."""
    document, found = _page(backend, caller, document_id, page)
    return PageShown(
        document_id=document.id,
        document=document.name,
        number=found.number,
        label=found.label,
        place=page_location(found.number, found.label),
        state=found.state,
        note=found.note,
        text=found.text,
        headings=[HeadingShown.model_validate(heading) for heading in found.structure.headings],
    )


@router.get("/{page}/image", response_class=Response, responses={**problems(404, 422), **_PNG})
async def show_image(
    request: Request,
    document_id: int,
    page: PageNumber,
    backend: BackendOf,
    caller: CallerOf,
    scale: Annotated[int, Query(ge=1, le=3)] = 1,
) -> Response:
    """Return a page as a PNG image, if its file is a PDF or an image, and still what was read."""
    turns = backend.page_images.turns
    asked = (backend, caller, document_id, page, scale)
    png = await turns.run(caller.owner, _png, *asked, has_left=request.is_disconnected)
    return Response(png, media_type="image/png")


@router.get("/{page}/view", response_class=HTMLResponse, responses=problems(404, 422))
def view_page(
    document_id: int, page: PageNumber, backend: BackendOf, caller: CallerOf, start: Offset = 0, end: Offset = 0
) -> HTMLResponse:
    """Return a page for people, with the characters `[start, end)` marked: where a citation leads."""
    document, found = _page(backend, caller, document_id, page)
    start, end = min(start, len(found.text)), min(max(start, end), len(found.text))
    parts = (found.text[:start], found.text[start:end], found.text[end:])
    place = page_location(found.number, found.label)
    has_image = _has_image(backend, document)
    html = _template().render(document=document.name, place=place, parts=parts, number=page, has_image=has_image)
    return HTMLResponse(html)


def _page(backend: Backend, caller: Caller, id_: int, number: int) -> tuple[Document, Page]:
    document = document_of(backend.services, caller, id_)
    page = backend.services.library.page(document.id, number)
    if page is None:
        raise ProblemError(404, f"'{document.name}' has no page {number} (any more).")
    return document, page


def _png(backend: Backend, caller: Caller, id_: int, number: int, scale: int) -> bytes:
    document, found = _page(backend, caller, id_, number)
    try:
        return backend.page_images.png(document, found.number, scale)
    except DocumentError as error:
        raise ProblemError(404, str(error) or "This document has no pages to see: it is a text.") from error


def _has_image(backend: Backend, document: Document) -> bool:
    try:
        backend.page_images.file(document)
    except DocumentError:
        return False
    return True


@cache
def _template() -> Template:
    loader = PackageLoader(api.rest.__name__, ".")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("page_view.html")
