"""Routes of the viewer: a page of a document, where its lines and the cited words are on it, contents, words found."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rag.errors import AccessError, DocumentError, QuestionError
from rag.services import Services
from rag.text.contents import contents_of
from rag.text.locations import page_location
from rag.text.message_catalogues import to_translate
from rag.types import Document, Page
from serving.ownership import readable_document
from serving.page_images import SCALES, PageImages
from web.page_language import decimal, gettext
from web.rendering.answer_html import quote_hash
from web.rendering.cited_figures import crop_figure
from web.routes.endpoint import data, endpoint, in_turn, number_in
from web.stored_texts import place_shown, reason_shown

_CACHED = {"Cache-Control": "private, max-age=600"}
"""A page does not change under its address, which contains the document's hash."""

_MAX_CONTENTS = 2_000
_MAX_WORDS = 200
"""Characters that are searched for."""

_MAX_HITS = 500
_MAX_SEARCHED = 50_000_000
"""Characters of one document that are searched."""

_CHANGED = to_translate(
    "This document has changed since the answer: the words that were cited do not stand here any more."
)


class PageRoutes:
    """Routes over the library of these services."""

    def __init__(self, services: Services, page_images: PageImages) -> None:
        self._services = services
        self._page_images = page_images

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        turns = self._page_images.turns
        handlers = (self.page, self.image, self.figure, self.lines)
        page, image, figure, lines = (endpoint(in_turn(turns, each)) for each in handlers)
        return [
            Route("/pages/{id:number}/{page:number}", page, methods=["GET"]),
            Route("/pages/{id:number}/{page:number}.png", image, methods=["GET"]),
            Route("/figures/{id:number}/{page:number}/{index:number}.png", figure, methods=["GET"]),
            Route("/pages/{id:number}/{page:number}/lines", lines, methods=["GET"]),
            Route("/contents/{id:number}", endpoint(self.contents), methods=["GET"]),
            Route("/find/{id:number}", endpoint(self.find), methods=["GET"]),
        ]

    def page(self, request: Request, owner: str) -> Response:
        """Return a page's text with the cited range `start` to `end`, and the address of its image if it has one."""
        document, page = self._page(request, owner)
        start, end = (min(number_in(request, name), len(page.text)) for name in ("start", "end"))
        if not _is_unchanged(request.query_params.get("quote", ""), page.text[start:end]):
            end = start
        shown = {
            "document": document.name,
            "page": page.number,
            "pages": document.pages,
            "place": place_shown(page_location(page.number, page.label)),
            "text": page.text,
            "start": start,
            "end": end,
            "headings": [asdict(heading) for heading in page.structure.headings],
            "tables": [asdict(table) for table in page.structure.tables],
        }
        changed = {"note": gettext(_CHANGED)} if request.query_params.get("quote") and end == start else {}
        return data(shown | self._image_of(document, page, start, end) | changed)

    def image(self, request: Request, owner: str) -> Response:
        """Return a page as an image."""
        document, page = self._page(request, owner)
        scale = min(number_in(request, "scale"), max(SCALES)) or 1
        return Response(self._page_images.png(document, page.number, scale), media_type="image/png", headers=_CACHED)

    def figure(self, request: Request, owner: str) -> Response:
        """Return the picture of a figure."""
        document, page = self._page(request, owner)
        figures = dict(enumerate(page.structure.figures))
        figure = figures.get(request.path_params["index"])
        if figure is None or figure.box is None:
            raise AccessError(f"This page of '{document.name}' has no such figure.")
        png = crop_figure(self._page_images.png(document, page.number, SCALES[1]), figure.box)
        return Response(png, media_type="image/png", headers=_CACHED)

    def lines(self, request: Request, owner: str) -> Response:
        """Return the lines of a page's text with their boxes on its picture; none if they are not known."""
        document, page = self._page(request, owner)
        try:
            lines = self._page_images.text_lines(document, page)
        except DocumentError:
            lines = ()  # the page itself tells what is wrong
        return JSONResponse({"lines": lines}, headers=_CACHED)

    def contents(self, request: Request, owner: str) -> Response:
        """Return the contents of a document: headings, tables and figures with a caption."""
        document = readable_document(self._services, owner, request.path_params["id"])
        library = self._services.library

        def text_of(number: int) -> str:
            page = library.page(document.id, number)
            return page.text if page else ""

        entries = islice(contents_of(library.structures(document.id), text_of), _MAX_CONTENTS + 1)
        found = [asdict(entry) | {"place": place_shown(entry.place)} for entry in entries]
        cut = (
            gettext("Only the first {number} entries are shown.").format(number=decimal(_MAX_CONTENTS))
            if len(found) > _MAX_CONTENTS
            else ""
        )
        return data({"contents": found[:_MAX_CONTENTS], "note": cut})

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

    def _page(self, request: Request, owner: str) -> tuple[Document, Page]:
        """Return the document and the page that an address names.

        Raises:
            AccessError: the owner may not read it, or there is no such page.
        """
        document = readable_document(self._services, owner, request.path_params["id"])
        number = request.path_params["page"]
        page = self._services.library.page(document.id, number) if number <= document.pages else None
        if page is None:
            raise AccessError(f"'{document.name}' has no page {number} (any more).")
        return document, page

    def _image_of(self, document: Document, page: Page, start: int, end: int) -> dict[str, Any]:
        try:
            boxes = self._page_images.boxes(document, page, start, end)
        except DocumentError as error:
            return {"picture": None, "boxes": [], "note": reason_shown(str(error))}
        address = f"citewell/pages/{document.id}/{page.number}.png?v={document.sha256[:16]}"
        not_found = (
            gettext("The words could not be found on the page: the text has them.") if end > start and not boxes else ""
        )
        return {"picture": address, "boxes": boxes, "note": not_found or reason_shown(page.note)}


def _is_unchanged(sent_hash: str, text: str) -> bool:
    return not sent_hash or quote_hash(text) == sent_hash
