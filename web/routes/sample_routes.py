"""The sample document, for somebody who has none at hand: offered where this copy of Citewell has its samples."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import web
from rag.errors import SettingsError
from rag.services import Services
from serving.ownership import require_editor
from serving.received_files import require_library, require_room, stored_copy
from serving.uploading.uploads import Uploads
from web.page_language import gettext
from web.routes.endpoint import data, endpoint
from web.routes.source_routes import upload_shown

SAMPLE = Path(web.__file__).parent.parent / "data" / "documents" / "debian-social-contract.md"


class SampleRoutes:
    """Routes over the uploads into the library of these services."""

    def __init__(self, services: Services, uploads: Uploads, sample: Path = SAMPLE) -> None:
        self._services = services
        self._uploads = uploads
        self._sample = sample

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `citewell/`."""
        return [
            Route("/sample", endpoint(self.show), methods=["GET"]),
            Route("/sample", endpoint(self.add), methods=["POST"]),
        ]

    def show(self, request: Request, owner: str) -> Response:  # noqa: ARG002  a handler
        """Return the sample's name; "" where there is none."""
        return data({"name": self._sample.name if self._sample.is_file() else ""})

    def add(self, request: Request, owner: str) -> Response:  # noqa: ARG002  a handler
        """Add a copy of the sample to the user's documents, like an uploaded file."""
        require_editor(self._services, owner)
        if not self._sample.is_file():
            raise SettingsError(gettext("There is no sample document here. Add one of your own."))
        require_library(self._services)
        require_room(self._services, self._uploads, owner)
        with self._sample.open("rb") as sample:
            copy = stored_copy(sample, self._uploads.incoming())
        return data(upload_shown(self._uploads.add(owner, self._sample.name, copy)), 202)
