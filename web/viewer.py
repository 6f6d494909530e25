"""The source viewer's routes: a page of a document, and where on it the cited words are."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.errors import AccessError
from rag.factory import Services
from rag.prompts import place
from rag.types import Document, Page
from web.access import document_of
from web.endpoints import data, endpoint


class Viewer:
    """Routes over the library of these services."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[Route]:
        """Under `citewell/`, see `web/routes.py`."""
        return [Route("/pages/{id:int}/{page:int}", endpoint(self.page), methods=["GET"])]

    def page(self, request: Request, owner: str) -> Response:
        """A page's text, with the cited range `start` to `end` of it."""
        document = document_of(self._services.library, owner, request.path_params["id"])
        page = self._page(document, request.path_params["page"])
        start, end = (_number(request, name, len(page.text)) for name in ("start", "end"))
        return data(_shown(document, page, start, max(start, end)))

    def _page(self, document: Document, number: int) -> Page:
        page = self._services.library.page(document.id, number)
        if page is None:
            raise AccessError(f"'{document.name}' has no page {number} (any more).")
        return page


def _shown(document: Document, page: Page, start: int, end: int) -> dict[str, Any]:
    return {
        "document": document.name,
        "page": page.number,
        "pages": document.pages,
        "place": place(page.number, page.label),
        "text": page.text,
        "start": start,
        "end": end,
    }


def _number(request: Request, name: str, most: int) -> int:
    value = request.query_params.get(name, "0")
    return min(int(value), most) if value.isascii() and value.isdigit() else 0
