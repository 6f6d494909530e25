"""Routes of the share dialog: what a user shares with whom, and files that editors add to shared collections."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.errors import DocumentError, SettingsError
from rag.runtime.file_hash import sha256_of
from rag.services import Services
from serving.granting import Granting
from serving.ownership import require_place
from serving.received_files import announced_length, deleted_if_refused, file_name, place_for, receive, require_no_other
from serving.share import ShareRole
from serving.uploads import Uploads
from serving.user_store import normalize_name
from web.routes.endpoint import data, endpoint, json_endpoint
from web.routes.source_routes import upload_shown

_MAX_TEXT = 200


class ShareRoutes:
    """Routes over the library of these services."""

    def __init__(self, services: Services, uploads: Uploads) -> None:
        self._services = services
        self._uploads = uploads
        self._granting = Granting(services)

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        return [
            Route("/shares", endpoint(self.listing), methods=["GET"]),
            Route("/shares/collections", json_endpoint(self.share_collection), methods=["PUT"]),
            Route("/shares/collections", json_endpoint(self.withdraw_collection), methods=["DELETE"]),
            Route("/shares/conversations", json_endpoint(self.share_conversation), methods=["PUT"]),
            Route("/shares/conversations", json_endpoint(self.withdraw_conversation), methods=["DELETE"]),
            Route("/shares/links", json_endpoint(self.make_link), methods=["POST"]),
            Route("/shares/links/{link}", endpoint(self.withdraw_link), methods=["DELETE"]),
            Route("/shares/uploads", endpoint(self.receive), methods=["POST"]),
        ]

    def listing(self, request: Request, owner: str) -> Response:  # noqa: ARG002  a handler
        """List what the user shares, and what is shared with them."""
        return data(self._granting.overview(owner))

    def share_collection(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Share a collection with a user, as a reader or an editor."""
        texts = _texts(sent, "collection", "user", "role")
        role: ShareRole | None = next((each for each in get_args(ShareRole) if each == texts["role"]), None)
        if role is None:
            raise SettingsError("Choose whether they may read, or add and remove documents as well.")
        self._granting.share_collection(owner, texts["collection"], texts["user"], role)
        return data({})

    def withdraw_collection(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Withdraw a collection from a user."""
        texts = _texts(sent, "collection", "user")
        self._granting.withdraw_collection(owner, texts["collection"], texts["user"])
        return data({})

    def share_conversation(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Let a user read a conversation."""
        texts = _texts(sent, "conversation", "user")
        self._granting.share_conversation(owner, texts["conversation"], texts["user"])
        return data({})

    def withdraw_conversation(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Withdraw a conversation from a user."""
        texts = _texts(sent, "conversation", "user")
        self._granting.withdraw_conversation(owner, texts["conversation"], texts["user"])
        return data({})

    def make_link(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Make a link to a conversation, and return its address below the app's, which is not shown again."""
        days = sent.get("days")
        days = days if isinstance(days, int) and days is not True else 0
        id_ = str(sent.get("conversation", ""))[:_MAX_TEXT]
        _, token = self._granting.make_link(owner, id_, days)
        return data({"address": f"shared/{token}"}, 201)

    def withdraw_link(self, request: Request, owner: str) -> Response:
        """Withdraw a link: it leads nowhere at once."""
        self._granting.withdraw_link(owner, request.path_params["link"])
        return data({})

    async def receive(self, request: Request, owner: str) -> Response:
        """Receive a file for a collection that is shared with the user as an editor; its owner gets the document."""
        query = request.query_params
        whose, collection = normalize_name(query.get("owner", "")), query.get("collection", "")
        name = file_name(query.get("name", ""))
        await run_in_threadpool(require_place, self._services, owner, whose, collection)
        try:
            incoming = await run_in_threadpool(self._require_place, whose, collection, name)
            limit = self._services.settings.max_file_mb * 1_000_000
            path = await receive(request.stream(), announced_length(request), limit, incoming)
            sha256 = await run_in_threadpool(self._checked, path, whose, collection)
        except DocumentError as error:
            rejected = await run_in_threadpool(self._uploads.reject, owner, name, str(error))
            return data(upload_shown(rejected), 413)
        added = await run_in_threadpool(
            self._uploads.add, whose, name, path, collection=collection, sha256=sha256, sender=owner
        )
        return data(upload_shown(added), 202)

    def _require_place(self, whose: str, collection: str, name: str) -> Path:
        """Check that a file may be added to a collection of another; return the folder to receive it in."""
        incoming = place_for(self._services, self._uploads, whose, f"upload:{name}")
        require_no_other(self._services, self._uploads, whose, collection, name=name)
        return incoming

    def _checked(self, path: Path, whose: str, collection: str) -> str:
        """Return the hash of a received file, which is deleted if its content is elsewhere in the owner's library."""
        with deleted_if_refused(path):
            sha256 = sha256_of(path)
            require_no_other(self._services, self._uploads, whose, collection, sha256=sha256)
        return sha256


def _texts(sent: Mapping[str, Any], *names: str) -> dict[str, str]:
    return {name: str(sent.get(name, ""))[:_MAX_TEXT] for name in names}
