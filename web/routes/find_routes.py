"""The route that the palette asks for conversations and notes by some of their words."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.exports.note_records import title_of
from rag.services import Services
from web.routes.endpoint import data, endpoint

_MAX_FOUND = 8
_MAX_CHARACTERS = 200


class FindRoutes:
    """The route over the library of these services."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        return [Route("/find", endpoint(self.find), methods=["GET"])]

    def find(self, request: Request, owner: str) -> Response:
        """Return a few of the user's conversations and notes that have a text, the latest conversations first."""
        text = " ".join(request.query_params.get("text", "")[:_MAX_CHARACTERS].split())
        found = self._services.conversations.conversations(owner, text)
        talks = [each for each in found if each.exchanges or each.unanswered]
        notes = [(note, note.title or title_of(note.record, note.text)) for note in self._services.notes.notes(owner)]
        having = [(note, title) for note, title in notes if text.casefold() in f"{title} {note.text}".casefold()]
        return data(
            {
                "conversations": [{"id": each.id, "name": each.name} for each in talks[:_MAX_FOUND]],
                "notes": [{"id": note.id, "name": title} for note, title in having[:_MAX_FOUND]],
            }
        )
