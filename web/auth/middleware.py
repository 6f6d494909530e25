"""Check every request before the whole app, Gradio's routes included: who sends it, from where, and to which address.

Gradio's own sign-in is not used: its tokens never end, any script may ask for them, and some of its routes check
nothing.
"""

import logging
import re
from collections.abc import Collection

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.guard import SIGN_INS
from api.origins import is_for_this_machine, is_from_another_site, split_address
from api.problems import ProblemError
from rag.errors import AccessError, LibraryError, SettingsError
from rag.runtime.audit_log import acting
from rag.text.message_catalogues import to_translate
from serving.share import TOKEN
from web.auth.access import USER
from web.auth.gradio_sessions import GradioSessions
from web.auth.login import NO_DATABASE, Login, address_of
from web.page_language import gettext
from web.rendering.templates import render

log = logging.getLogger(__name__)

_SIGNED_OUT = to_translate(
    "You are signed out, or your sign-in has expired. Sign in again: your sources and conversations are kept."
)

_NEEDED = re.compile(
    r"/gradio_api/(queue/(join|data)|heartbeat/\w+|cancel|reset/?|startup-events|theme\.css|info/?|app_id/?"
    r"|login_check/?|upload_progress)"
)
"""The part of Gradio's interface that our page uses. The rest (file cache, proxies, histories …) is closed."""

_SHARED = re.compile(f"/shared/{TOKEN}")
"""Addresses of links to conversations."""

_OTHER_NAME = (
    "Without accounts, Citewell answers under this machine's own address only, as http://127.0.0.1, or under a name of "
    "the setting host_names."
)

_CLOSED = re.compile(r"/(login|logout|monitoring|deep_link|runs|pwa_icon)(/.*)?")


class Guard:
    """ASGI middleware. With a `login` everybody has to sign in; without, only this machine's address is
    answered, and its `host_names`.
    """

    def __init__(self, app: ASGIApp, login: Login | None = None, host_names: Collection[str] = ()) -> None:
        self._app = app
        self._host_names = host_names
        self._login = login
        self._gradio_sessions = GradioSessions()
        self._sign_ins = CapacityLimiter(SIGN_INS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        if scope["type"] != "http":  # no websockets here
            return
        request = Request(scope, receive)
        try:
            await self._respond(request, receive, send)
        except ProblemError as error:
            await _refusal(error.problem.status, str(error))(scope, receive, send)
        except ClientDisconnect:
            log.info("a client left before all was sent: %s %s", request.method, scope["path"])

    async def _respond(self, request: Request, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here.

        Raises:
            ProblemError: its body, host or origin cannot be used.
        """
        scope = request.scope
        try:
            answer = await self._answer(request)
        except AccessError as error:
            answer = _refusal(403, str(error))
        except SettingsError as error:  # the auth file cannot be read: nobody is let in
            answer = _refusal(503, str(error))
        except LibraryError as error:  # nor while the database of the accounts does not answer
            log.error("nobody can be let in: %s", error)  # noqa: TRY400  the sentence says it
            answer = _no_database(request)
        if answer is None and scope["path"].startswith("/gradio_api/"):
            admitted = await self._gradio_sessions.admit(request, scope.get(USER, ""))
            answer = None if admitted else _refusal(403, "This is another user's.")
            receive = admitted or receive
        with acting(scope.get(USER, ""), address_of(request)):
            await (answer or self._app)(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        """Return the answer to a request that does not reach the app, None for one that does.

        Raises:
            ProblemError: its host or origin is no address.
        """
        split_address(f"//{request.headers.get('host', '')}")
        path = str(request.scope["path"])  # that is what is routed: a forged Host can change the address
        if is_from_another_site(request):
            return _refusal(403, "This request came from another page. Use Citewell's own.")
        if self._login:
            self._login.require_way(request)
            if _SHARED.fullmatch(path) and request.method in ("GET", "HEAD"):
                return None  # whoever has the link may read: the route takes nobody for a user
            if path == "/login":
                return await self._login.form(request)
            if answer := await self._login.elsewhere(request):
                return answer
            if path == "/logout" and request.method == "POST":
                return await run_in_threadpool(self._login.sign_out, request)
            user = await to_thread.run_sync(self._login.user, request, limiter=self._sign_ins)
            if user is None:
                return None if path == "/gradio_api/startup-events" else _signed_out(request)
            request.scope[USER] = user
        elif not is_for_this_machine(request, self._host_names):
            return _refusal(403, _OTHER_NAME)
        is_open = _NEEDED.fullmatch(path) if path.startswith("/gradio_api/") else not _CLOSED.fullmatch(path)
        return None if is_open else _refusal(404, "There is nothing here.")


def _signed_out(request: Request) -> Response:
    """Redirect somebody who opens the page to the form; tell a page that was left open in a sentence."""
    if _opens_a_page(request):
        return RedirectResponse(f"login?{request.url.query}" if request.url.query else "login", 303)
    return _refusal(401, gettext(_SIGNED_OUT))


def _no_database(request: Request) -> Response:
    """Tell a person on a page, and a page that was left open in a sentence."""
    if _opens_a_page(request):
        return HTMLResponse(render("message.html", message=gettext(NO_DATABASE)), 503, {"Cache-Control": "no-store"})
    return _refusal(503, gettext(NO_DATABASE))


def _opens_a_page(request: Request) -> bool:
    return request.method in ("GET", "HEAD") and request.scope["path"] in ("/", "/admin")


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"error": message, "detail": message}, status, {"Cache-Control": "no-store"})
