"""Routes of the folders of this machine that the library follows. Only where nobody has to sign in."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.errors import AccessError
from web.routes.endpoint import data, endpoint, json_endpoint
from web.stored_texts import reason_shown
from web.watched_folders import WatchedFolder, WatchedFolders

_MAX_PATH = 4_000


class FolderRoutes:
    """Routes over the watched folders of one library, for its owner at this machine."""

    def __init__(self, folders: WatchedFolders) -> None:
        self._folders = folders

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        return [
            Route("/folders", endpoint(self.listing), methods=["GET"]),
            Route("/folders", json_endpoint(self.add), methods=["POST"]),
            Route("/folders", json_endpoint(self.remove), methods=["DELETE"]),
            Route("/folders/sync", json_endpoint(self.sync), methods=["POST"]),
        ]

    def listing(self, request: Request, owner: str) -> Response:  # noqa: ARG002  a handler
        """List the folders with their states; null for users, whose files are on other machines."""
        return data({"folders": None if owner else [_listed(folder) for folder in self._folders.all()]})

    def add(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Begin to follow a folder."""
        _require_local(owner)
        self._folders.add(_path(sent))
        return data({}, 201)

    def remove(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Stop following a folder; its documents stay."""
        _require_local(owner)
        self._folders.remove(_path(sent))
        return data({})

    def sync(self, request: Request, owner: str, sent: Mapping[str, Any]) -> Response:  # noqa: ARG002  a handler
        """Look at every file of a folder again."""
        _require_local(owner)
        self._folders.sync(_path(sent))
        return data({}, 202)


def _listed(folder: WatchedFolder) -> dict[str, Any]:
    return {**asdict(folder), "text": reason_shown(folder.text)}


def _path(sent: Mapping[str, Any]) -> str:
    return str(sent.get("path", ""))[:_MAX_PATH]


def _require_local(owner: str) -> None:
    """Raise an `AccessError` for users: they may not read the files of the machine that Citewell runs on."""
    if owner:
        raise AccessError("Folders of the machine are for the person who runs Citewell on it. Add files instead.")
