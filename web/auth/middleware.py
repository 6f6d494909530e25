"""Stands before the whole app, Gradio's routes included: who gets in, where from, and to which addresses.

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
from web.auth.access import USER, is_from_our_page
from web.auth.auth_file import Users
from web.auth.gradio_sessions import Tabs
from web.auth.login import SignIn
from web.auth.sharing import is_loopback

SIGNED_OUT = "You are signed out, or your sign-in has expired. Sign in again: your sources and conversations are kept."

_NEEDED = re.compile(
    r"/gradio_api/(queue/(join|data)|heartbeat/\w+|cancel|reset/?|startup-events|theme\.css|info/?|app_id/?"
    r"|login_check/?|upload_progress|component_server/?)"
)
"""What our page uses of Gradio's interface. The rest (its cache of files, proxies, histories, monitoring) is closed."""

_CLOSED = re.compile(r"/(login|logout|monitoring|deep_link|runs|pwa_icon)(/.*)?")


class Guard:
    """ASGI middleware. With `users` everybody has to sign in; without, only this machine's own address is answered."""

    def __init__(self, app: ASGIApp, users: Users | None = None) -> None:
        self._app = app
        self._sign_in = SignIn(users) if users else None
        self._tabs = Tabs()

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
            admitted = await self._tabs.admit(request, scope.get(USER, ""))
            answer = None if admitted else _refusal(403, "This is another user's.")
            receive = admitted or receive
        await (answer or self._app)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        """What is answered here; None for what the app answers."""
        path = request.url.path
        if request.method not in ("GET", "HEAD") and not is_from_our_page(request):
            return _refusal(403, "This request came from another page. Use Citewell's own.")
        if self._sign_in:
            if path == "/login":
                return await self._sign_in.form(request)
            if path == "/logout" and request.method == "POST":
                return self._sign_in.out(request)
            user = await run_in_threadpool(self._sign_in.user, request)
            if user is None:
                return None if path == "/gradio_api/startup-events" else _signed_out(request)
            request.scope[USER] = user
        elif not _is_for_this_machine(request):
            return _refusal(403, "Citewell answers under this machine's own address only, as http://127.0.0.1.")
        is_open = _NEEDED.fullmatch(path) if path.startswith("/gradio_api/") else not _CLOSED.fullmatch(path)
        return None if is_open else _refusal(404, "There is nothing here.")


def _signed_out(request: Request) -> Response:
    """To the form, for somebody who opens the page; a sentence, for what runs in a page that was left open."""
    if request.method in ("GET", "HEAD") and request.url.path == "/":
        return RedirectResponse(f"login?{request.url.query}" if request.url.query else "login", 303)
    return _refusal(401, SIGNED_OUT)


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"error": message, "detail": message}, status, {"Cache-Control": "no-store"})


def _is_for_this_machine(request: Request) -> bool:
    """Whether a request names this machine as itself: a page elsewhere can make a name lead here, but not this one."""
    return is_loopback(urlsplit(f"//{request.headers.get('host', '')}").hostname or "")
