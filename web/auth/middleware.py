"""Check every request before the whole app, Gradio's routes included: who sends it, from where, and to which address.

Gradio's own sign-in is not used: its tokens never end, any script may ask for them, and some of its routes check
nothing.
"""

import re
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.errors import SettingsError
from serving.listening import is_loopback
from web.auth.access import USER
from web.auth.gradio_sessions import GradioSessions
from web.auth.login import Login

_SIGNED_OUT = "You are signed out, or your sign-in has expired. Sign in again: your sources and conversations are kept."

_NEEDED = re.compile(
    r"/gradio_api/(queue/(join|data)|heartbeat/\w+|cancel|reset/?|startup-events|theme\.css|info/?|app_id/?"
    r"|login_check/?|upload_progress|component_server/?)"
)
"""The part of Gradio's interface that our page uses. The rest (file cache, proxies, histories …) is closed."""

_CLOSED = re.compile(r"/(login|logout|monitoring|deep_link|runs|pwa_icon)(/.*)?")


class Guard:
    """ASGI middleware. With a `login` everybody has to sign in; without, only this machine's address is answered."""

    def __init__(self, app: ASGIApp, login: Login | None = None) -> None:
        self._app = app
        self._login = login
        self._gradio_sessions = GradioSessions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        if scope["type"] != "http":  # no websockets here
            return
        request = Request(scope, receive)
        try:
            answer = await self._answer(request)
        except SettingsError as error:  # the auth file cannot be read: nobody is let in
            answer = _refusal(503, str(error))
        if answer is None and request.url.path.startswith("/gradio_api/"):
            admitted = await self._gradio_sessions.admit(request, scope.get(USER, ""))
            answer = None if admitted else _refusal(403, "This is another user's.")
            receive = admitted or receive
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        """Return the answer to a request that does not reach the app, None for one that does."""
        path = request.url.path
        if request.method not in ("GET", "HEAD") and not _is_same_origin(request):
            return _refusal(403, "This request came from another page. Use Citewell's own.")
        if self._login:
            if path == "/login":
                return await self._login.form(request)
            if path == "/logout" and request.method == "POST":
                return self._login.sign_out(request)
            user = await run_in_threadpool(self._login.user, request)
            if user is None:
                return None if path == "/gradio_api/startup-events" else _signed_out(request)
            request.scope[USER] = user
        elif not _is_for_this_machine(request):
            return _refusal(403, "Citewell answers under this machine's own address only, as http://127.0.0.1.")
        is_open = _NEEDED.fullmatch(path) if path.startswith("/gradio_api/") else not _CLOSED.fullmatch(path)
        return None if is_open else _refusal(404, "There is nothing here.")


def _is_same_origin(request: Request) -> bool:
    """Return whether a request was sent by our own page or by no page at all, not by a foreign one in the browser."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")  # plain HTTP to another machine: browsers leave the first header out
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _signed_out(request: Request) -> Response:
    """Redirect somebody who opens the page to the form; tell a page that was left open in a sentence."""
    if request.method in ("GET", "HEAD") and request.url.path == "/":
        return RedirectResponse(f"login?{request.url.query}" if request.url.query else "login", 303)
    return _refusal(401, _SIGNED_OUT)


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"error": message, "detail": message}, status, {"Cache-Control": "no-store"})


def _is_for_this_machine(request: Request) -> bool:
    """Return whether the host is loopback: a foreign page can make its own name lead here, but not this one."""
    return is_loopback(urlsplit(f"//{request.headers.get('host', '')}").hostname or "")
