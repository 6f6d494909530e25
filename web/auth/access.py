"""Tell who sends a request. What is theirs, `serving.ownership` decides."""

import gradio as gr
from starlette.requests import Request

USER = "citewell.user"
"""Key of a request's user in its ASGI scope, set by `web.auth.middleware`."""


def owner_of(request: gr.Request | Request) -> str:
    """Return the signed-in user's name; "" where nobody signs in. The middleware lets nobody else through."""
    if isinstance(request, gr.Request):
        return request.username or ""
    return str(request.scope.get(USER, ""))
