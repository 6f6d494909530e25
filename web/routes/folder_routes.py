"""Routes of the folders of this machine that the library follows. Only where nobody has to sign in."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rag.errors import AccessError
from web.routes.endpoint import data, endpoint, json_object
from web.watched_folders import WatchedFolders

_MAX_PATH = 4_000


class FolderRoutes:
    """Routes over the watched folders of one library, for its owner at this machine."""

    def __init__(self, folders: WatchedFolders) -> None:
        self._folders = folders

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        return [
            Route("/folders", endpoint(self.listing), methods=["GET"]),
            Route("/folders", endpoint(self.add), methods=["POST"]),
            Route("/folders", endpoint(self.remove), methods=["DELETE"]),
            Route("/folders/sync", endpoint(self.sync), methods=["POST"]),
        ]

    def listing(self, request: Request, owner: str) -> Response:  # noqa: ARG002  a handler
        """List the folders with their states; null for users, whose files are on other machines."""
        return data({"folders": None if owner else [asdict(folder) for folder in self._folders.all()]})

    async def add(self, request: Request, owner: str) -> Response:
        """Begin to follow a folder."""
        _require_local(owner)
        return data(asdict(self._folders.add(await _path(request))), 201)

    async def remove(self, request: Request, owner: str) -> Response:
        """Stop following a folder; its documents stay."""
        _require_local(owner)
        path = await _path(request)
        self._folders.remove(path)
        return data({"removed": path})

    async def sync(self, request: Request, owner: str) -> Response:
        """Look at every file of a folder again."""
        _require_local(owner)
        path = await _path(request)
        self._folders.sync(path)
        return data({"syncing": path}, 202)


async def _path(request: Request) -> str:
    return str((await json_object(request)).get("path", ""))[:_MAX_PATH]


def _require_local(owner: str) -> None:
    """Raise an `AccessError` for users: they may not read the files of the machine that Citewell runs on."""
    if owner:
        raise AccessError("Folders of the machine are for the person who runs Citewell on it. Add files instead.")
