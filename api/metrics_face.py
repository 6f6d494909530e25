"""The face for Prometheus, at `/metrics`: for this machine where there are no accounts, else for those with a key."""

from math import nan

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.backend import Backend
from api.caller import caller_of
from api.face import Face
from api.problems import ProblemError, report_errors
from ingest.backup import last_backup
from observing import process_metrics as metrics
from rag.errors import LibraryError

PATH = "/metrics"


def metrics_face(backend: Backend) -> Face:
    """Return the face."""

    def show(request: Request) -> Response:
        caller = caller_of(request)
        if caller.owner and not caller.key:
            raise ProblemError(403, "A sign-in to the app is not enough for the metrics: send a key.")
        _look(backend)
        metrics.WAITING.set(backend.turns.waiting)
        metrics.show_replicas(state for each in backend.services.replicas for state in each.states())
        return Response(metrics.exposition(), media_type=metrics.MEDIA_TYPE)

    app = Starlette(routes=[Route(PATH, show)])
    report_errors(app)
    return Face(paths=(PATH,), app=app)


def _look(backend: Backend) -> None:
    """Note what is not counted as it happens: the library, the uploads of all servers, the disks, the last backup."""
    settings = backend.services.settings
    try:
        is_ready = backend.ready.is_set() and backend.services.library.generation >= 0
        uploads = backend.uploads.counts()
    except LibraryError:  # `/ready` logs it
        is_ready, uploads = False, {}
    metrics.LIBRARY_READY.set(is_ready)
    metrics.show_uploads(uploads)
    metrics.show_disks({"library": settings.library, "models": settings.models})
    metrics.LAST_BACKUP.set(last_backup(settings.library) or nan)
