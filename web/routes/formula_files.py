"""Where the page finds KaTeX, which Gradio brings under names that change with its version."""

from pathlib import Path

import gradio
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

_ASSETS = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"


def formula_routes() -> list[BaseRoute]:
    """Return `/katex.js` and `/katex.css`: Gradio's own files, so that the chat's formulas and ours share them."""
    return [Route("/katex.{suffix}", _file)]


def _file(request: Request) -> Response:
    suffix = request.path_params["suffix"]
    found = sorted(_ASSETS.glob(f"katex-*.{suffix}")) if suffix in ("js", "css") else []
    if not found:
        raise HTTPException(404)
    return RedirectResponse(f"../assets/{found[0].name}")
