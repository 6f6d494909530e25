"""Routes of reading in the viewer: the lines of a page's picture, and where words stand in a document."""

import re
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rag.errors import DocumentError, QuestionError
from rag.services import Services
from rag.types import Document
from serving.ownership import readable_document
from serving.page_images import PageImages
from web.page_language import decimal, gettext
from web.routes.endpoint import data, endpoint, in_turn
from web.routes.page_routes import CACHED, page_asked_for

_MAX_WORDS = 200
"""Characters that are searched for."""

_MAX_HITS = 500
_MAX_SEARCHED = 50_000_000
"""Characters of one document that are searched."""


class ReadingRoutes:
    """Routes over the library of these services."""

    def __init__(self, services: Services, page_images: PageImages) -> None:
        self._services = services
        self._page_images = page_images

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        lines = endpoint(in_turn(self._page_images.turns, self.lines))
        return [
            Route("/pages/{id:number}/{page:number}/lines", lines, methods=["GET"]),
            Route("/find/{id:number}", endpoint(self.find), methods=["GET"]),
        ]

    def lines(self, request: Request, owner: str) -> Response:
        """Return the lines of a page's text with their boxes on its picture; none if they are not known."""
        document, page = page_asked_for(self._services, request, owner)
        try:
            lines = self._page_images.text_lines(document, page)
        except DocumentError:
            lines = ()  # the page itself tells what is wrong
        return JSONResponse({"lines": lines}, headers=CACHED)

    def find(self, request: Request, owner: str) -> Response:
        """Return where words stand in a document: page, start and end of each place, in order."""
        document = readable_document(self._services, owner, request.path_params["id"])
        words = request.query_params.get("words", "").split()
        if len(" ".join(words)) > _MAX_WORDS:
            raise QuestionError(f"At most {_MAX_WORDS} characters are searched for. Search for fewer words.")
        hits: list[tuple[int, int, int]] = []
        for hit in self._hits(document, words):
            if len(hits) == _MAX_HITS:
                note = gettext("Only the first {number} places are shown.").format(number=decimal(_MAX_HITS))
                return data({"hits": hits, "note": note})
            hits.append(hit)
        return data({"hits": hits, "note": ""})

    def _hits(self, document: Document, words: list[str]) -> Iterator[tuple[int, int, int]]:
        if not words:
            return
        pattern = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
        searched = 0
        for number in range(1, document.pages + 1):
            page = self._services.library.page(document.id, number)
            text = page.text if page else ""
            for match in pattern.finditer(text):
                yield number, *match.span()
            searched += len(text)
            if searched > _MAX_SEARCHED:
                return
