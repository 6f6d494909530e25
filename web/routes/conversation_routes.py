"""Routes of the conversations pane and the settings panel, over each user's own conversations."""

from typing import Any, get_args
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.answering.conversation_settings import problems
from rag.errors import AccessError, SettingsError
from rag.services import Services
from rag.types import Conversation, Thumb
from serving.ownership import documents_of
from web.chat.answer_jobs import AnswerJobs
from web.rendering.conversation_files import MEDIA_TYPES, Format, export, file_name
from web.rendering.quote_images import QuoteImages
from web.routes.endpoint import PRIVATE, data, endpoint, json_object

_MAX_REMARK_CHARACTERS = 2000


class ConversationRoutes:
    """Routes over the library of these services; `quote_images` are for exports."""

    def __init__(self, services: Services, quote_images: QuoteImages, jobs: AnswerJobs) -> None:
        self._services = services
        self._quote_images = quote_images
        self._jobs = jobs

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
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
        """List the user's conversations, the latest first; those that contain a text, if one is given."""
        found = self._services.conversations.conversations(owner, request.query_params.get("text", "")[:200])
        listed = [(each, self._jobs.of(owner, each.id) is not None) for each in found]
        shown = [_listed(each, is_running=is_running) for each, is_running in listed if is_running or each.exchanges]
        return data({"conversations": shown})

    def show(self, request: Request, owner: str) -> Response:
        """Return a conversation's settings, and the ids of documents that are not searched in it."""
        found = self._find(request, owner)
        own = {document.id for document in documents_of(self._services.library, owner)}
        excluded = self._services.conversations.excluded(found.id, owner) & own
        return data({"settings": dict(found.settings), "excluded": sorted(excluded)})

    async def exclude(self, request: Request, owner: str) -> Response:
        """Store which documents are not searched in a conversation."""
        found = self._find(request, owner)
        ids = (await json_object(request)).get("excluded")
        if not isinstance(ids, list) or not all(isinstance(id_, int) for id_ in ids):
            raise SettingsError("Name documents by their ids.")
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
        self._jobs.end(owner, found.id)
        self._services.conversations.delete(found.id, owner)
        return data({})

    def file(self, request: Request, owner: str) -> Response:
        """Export a conversation as a file to download."""
        conversation = self._find(request, owner)
        form = request.query_params.get("form", "")
        if form not in MEDIA_TYPES:
            raise SettingsError(f"Exports are {', '.join(MEDIA_TYPES)}.")
        exchanges = self._services.conversations.exchanges(conversation.id, owner)
        kind: Format = next(each for each in get_args(Format) if each == form)
        text = export(kind, conversation, exchanges, self._services.provenance().citewell, self._quote_images.of(owner))
        headers = {
            **PRIVATE,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name(conversation, kind))}",
        }
        return Response(text, media_type=MEDIA_TYPES[kind], headers=headers)

    async def rate(self, request: Request, owner: str) -> Response:
        """Store the user's rating of an answer."""
        conversation = self._find(request, owner)
        sent = await json_object(request)
        thumb: Thumb = next((each for each in get_args(Thumb) if each == sent.get("thumb")), "")
        number, remark = request.path_params["number"], str(sent.get("remark", ""))[:_MAX_REMARK_CHARACTERS]
        if not self._services.conversations.rate(conversation.id, owner, number, thumb, remark):
            raise AccessError("This answer is not there (any more).")
        return data({})

    async def check(self, request: Request, owner: str) -> Response:
        """Return what is wrong with settings, and store the valid ones if a conversation is named."""
        sent = await json_object(request)
        chosen = sent.get("settings")
        if not isinstance(chosen, dict):
            raise SettingsError("Settings are names with values.")
        invalid = problems(self._services.settings, chosen, self._services.models)
        if id_ := sent.get("conversation"):
            valid = {name: value for name, value in chosen.items() if name not in invalid}
            self._services.conversations.configure(str(id_), owner, valid)
        return data({"problems": invalid})

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
