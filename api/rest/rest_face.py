"""The face for REST: a FastAPI app whose description, `openapi.json`, is made from its types."""

from fastapi import FastAPI

from api.backend import Backend
from api.face import Face
from api.problems import report_errors
from rag.exports.answer_json import program_version

PREFIX = "/api/v1"


def rest_face(backend: Backend) -> Face:
    """Return the face."""
    app = FastAPI(title="Citewell", version="1", openapi_url=f"{PREFIX}/openapi.json", docs_url=None, redoc_url=None)
    report_errors(app)

    @app.get(PREFIX)
    def about() -> dict[str, str]:
        """Return the program's version and the name of its model."""
        return {"citewell": program_version(), "model": backend.services.model_label}

    return Face(paths=(PREFIX,), app=app)
