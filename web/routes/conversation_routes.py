"""The routes of the conversations pane and the settings panel: each user's own, and nobody else's."""

from typing import Any, get_args
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.conversation_settings import problems
from rag.errors import AccessError, SettingsError
from rag.services import Services
from rag.types import Conversation, Thumb
from web.auth.access import documents_of
from web.chat.answer_jobs import AnswerJobs
from web.rendering.conversation_files import MEDIA_TYPES, Format, export, file_name
from web.rendering.quote_images import QuoteImages
from web.routes.endpoint import PRIVATE, data, endpoint, json_object

_LONGEST_REMARK = 2000


class Conversations:
    """Routes over the library of these services. `crops` makes an owner's pictures for exports."""

    def __init__(self, services: Services, crops: QuoteImages, runs: AnswerJobs) -> None:
        self._services = services
        self._crops = crops
        self._runs = runs

    def routes(self) -> list[Route]:
        """Under `citewell/`, see `web/routes/route_table.py`."""
        one = "/conversations/{id}"
        return [
            Route("/conversations", endpoint(self.listing), methods=["GET"]),
            Route(one, endpoint(self.show), methods=["GET"]),
            Route(one, endpoint(self.rename), methods=["PATCH"]),
            Route(one, endpoint(self.delete), methods=["DELETE"]),
            Route(f"{one}/excluded", endpoint(self.exclude), methods=["PUT"]),
            Route(f"{one}/file", endpoint(self.file), methods=["GET"]),
            Route(f"{one}/answers/{{number:int}}", endpoint(self.rate), methods=["PATCH"]),
            Route("/settings", endpoint(self.check), methods=["POST"]),
        ]

    def listing(self, request: Request, owner: str) -> Response:
        """The user's conversations, the latest first; those with a text, if one is given."""
        found = self._services.conversations.conversations(owner, request.query_params.get("text", "")[:200])
        listed = [(each, self._runs.of(owner, each.id) is not None) for each in found]
        shown = [_listed(each, is_running=runs) for each, runs in listed if runs or each.exchanges]
        return data({"conversations": shown})

    def show(self, request: Request, owner: str) -> Response:
        """One conversation's settings, and the ids of documents that are not asked in it."""
        found = self._find(request, owner)
        theirs = {document.id for document in documents_of(self._services.library, owner)}
        excluded = self._services.conversations.excluded(found.id, owner) & theirs
        return data({"settings": dict(found.settings), "excluded": sorted(excluded)})

    async def exclude(self, request: Request, owner: str) -> Response:
        """Keep which documents are not asked in a conversation."""
        found = self._find(request, owner)
        ids = (await json_object(request)).get("excluded")
        if not isinstance(ids, list) or not all(isinstance(id_, int) for id_ in ids):
            raise SettingsError("Documents are told by their ids.")
        self._services.conversations.exclude(found.id, owner, set(ids))
        return data({})

    async def rename(self, request: Request, owner: str) -> Response:
        """Give a conversation another name."""
        conversation = self._find(request, owner)
        name = str((await json_object(request)).get("name", "")).strip()
        if not name:
            raise SettingsError("A conversation needs a name.")
        self._services.conversations.rename(conversation.id, owner, name)
        return data({})

    def delete(self, request: Request, owner: str) -> Response:
        """Delete a conversation with all that belongs to it."""
        found = self._find(request, owner)
        self._runs.end(owner, found.id)
        self._services.conversations.delete(found.id, owner)
        return data({})

    def file(self, request: Request, owner: str) -> Response:
        """A conversation as a file to be kept."""
        conversation = self._find(request, owner)
        form = request.query_params.get("form", "")
        if form not in MEDIA_TYPES:
            raise SettingsError(f"Exports are {', '.join(MEDIA_TYPES)}.")
        exchanges = self._services.conversations.exchanges(conversation.id, owner)
        kind: Format = next(each for each in get_args(Format) if each == form)
        text = export(kind, conversation, exchanges, self._services.provenance().citewell, self._crops.of(owner))
        headers = {
            **PRIVATE,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name(conversation, kind))}",
        }
        return Response(text, media_type=MEDIA_TYPES[kind], headers=headers)

    async def rate(self, request: Request, owner: str) -> Response:
        """Keep what the user thinks of an answer."""
        conversation = self._find(request, owner)
        said = await json_object(request)
        thumb: Thumb = next((each for each in get_args(Thumb) if each == said.get("thumb")), "")
        number, remark = request.path_params["number"], str(said.get("remark", ""))[:_LONGEST_REMARK]
        if not self._services.conversations.rate(conversation.id, owner, number, thumb, remark):
            raise AccessError("This answer is not there (any more).")
        return data({})

    async def check(self, request: Request, owner: str) -> Response:
        """What is wrong with settings; a conversation that is named keeps those that are right."""
        said = await json_object(request)
        chosen = said.get("settings")
        if not isinstance(chosen, dict):
            raise SettingsError("Settings are names with values.")
        wrong = problems(self._services.settings, chosen, self._services.models)
        if id_ := said.get("conversation"):
            right = {name: value for name, value in chosen.items() if name not in wrong}
            self._services.conversations.configure(str(id_), owner, right)
        return data({"problems": wrong})

    def _find(self, request: Request, owner: str) -> Conversation:
        found = self._services.conversations.find(request.path_params["id"], owner)
        if found is None:
            raise AccessError("This conversation is not among yours (any more).")
        return found


def _listed(conversation: Conversation, *, is_running: bool) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "name": conversation.name,
        "answers": conversation.exchanges,
        "running": is_running,
        "updated_at": conversation.updated_at,
    }
