"""Pages of shared conversations: their answers and quotes, with the lines quoted as they stand on the page.

Nothing else of a document is reached from them. They are rendered whole, and have neither scripts nor links of ours.
"""

from collections.abc import Callable
from functools import partial

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rag.errors import AccessError, CitewellError
from rag.services import Services
from rag.types import Conversation
from serving.ownership import linked_conversation, readable_conversation
from web.auth.access import owner_of
from web.rendering.conversation_files import shared_page
from web.rendering.quote_images import QuoteImages
from web.rendering.templates import render
from web.stored_texts import reason_shown

_AT_ONCE = 2
"""Pages rendered at once: each has images made of pages, and whoever has a link may ask for it often."""

_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Content-Security-Policy": (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
}


class SharedPages:
    """Pages of the conversations that are shared, over the library of these services."""

    def __init__(self, services: Services, quote_images: QuoteImages) -> None:
        self._services = services
        self._quote_images = quote_images
        self._rendering = CapacityLimiter(_AT_ONCE)

    def linked(self) -> Route:
        """Return the route of links, which nobody need sign in for."""
        return Route("/shared/{token}", self.by_link, methods=["GET"])

    def routes(self) -> list[Route]:
        """Return the route for users by their names, to be mounted under `citewell/`."""
        return [Route("/shared/{id}", self.by_name, methods=["GET"])]

    async def by_link(self, request: Request) -> Response:
        """Return the conversation that a link leads to."""
        return await self._page(partial(linked_conversation, self._services, request.path_params["token"]))

    async def by_name(self, request: Request) -> Response:
        """Return a conversation that is shared with the user who asks."""
        user, id_ = owner_of(request), request.path_params["id"]
        return await self._page(partial(readable_conversation, self._services, user, id_))

    async def _page(self, find: Callable[[], Conversation]) -> Response:
        return await to_thread.run_sync(self._rendered, find, limiter=self._rendering)

    def _rendered(self, find: Callable[[], Conversation]) -> Response:
        try:
            conversation = find()
            exchanges = self._services.conversations.exchanges(conversation.id, conversation.owner)
            images = self._quote_images.of(self._services.library.documents(conversation.owner))
            return HTMLResponse(shared_page(conversation, exchanges, images), headers=_HEADERS)
        except CitewellError as error:
            status = 404 if isinstance(error, AccessError) else 503
            return HTMLResponse(render("message.html", message=reason_shown(str(error))), status, headers=_HEADERS)
