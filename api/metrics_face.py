"""The face for Prometheus, at `/metrics`: for this machine where there are no accounts, else for those with a key."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.backend import Backend
from api.callers.caller import caller_of
from api.face import Face
from api.problems import ProblemError, report_errors
from observing import process_metrics as metrics

PATH = "/metrics"


def metrics_face(backend: Backend) -> Face:
    """Return the face."""

    async def show(request: Request) -> Response:
        caller = caller_of(request)
        if caller.owner and not caller.key:
            raise ProblemError(403, "A sign-in to the app is not enough for the metrics: send a key.")
        metrics.WAITING.set(backend.queue.waiting)
        return Response(metrics.exposition(), media_type=metrics.MEDIA_TYPE)

    app = Starlette(routes=[Route(PATH, show)])
    report_errors(app)
    return Face(paths=(PATH,), app=app)
