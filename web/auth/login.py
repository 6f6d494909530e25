"""Sign users in and out: the form (plain HTML, no script) and the cookie that holds a session's token."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from serving.auth_file import MAX_CHARACTERS, Users, normalize_name
from web.auth.gradio_sessions import read_body
from web.auth.sessions import MAX_AGE_S, Sessions
from web.auth.throttle import LoginThrottle
from web.rendering.templates import render

_MAX_FORM_BYTES = 10_000
_MAX_HASHING = 2
"""Passwords hashed at once: each takes 32 MB and a processor."""


class Login:
    """The sign-in of one app, for the users of an auth file."""

    def __init__(self, users: Users) -> None:
        self.users = users
        self._sessions = Sessions(users)
        self._throttle = LoginThrottle()
        self._hashing = CapacityLimiter(_MAX_HASHING)

    def user(self, request: Request) -> str | None:
        """Return the user who sends this request; None if nobody is signed in.

        Raises:
            SettingsError: the auth file cannot be read.
        """
        return self._sessions.user(_token(request))

    async def form(self, request: Request) -> Response:
        """Return the form, or the outcome of sending it.

        Raises:
            SettingsError: the auth file cannot be read.
        """
        if request.method != "POST":
            return _page(request)
        fields = parse_qs((await read_body(request, _MAX_FORM_BYTES)).decode(errors="replace"))
        name, password = (fields.get(key, [""])[0] for key in ("name", "password"))
        name, address = normalize_name(name)[:100], request.client.host if request.client else ""
        if wait := self._throttle.begin(name, address):
            return _page(request, f"Too many attempts. Wait {_duration(wait)}, then try again.", 429)
        verify = self.users.verify
        if not await to_thread.run_sync(verify, name, password[: MAX_CHARACTERS + 1], limiter=self._hashing):
            return _page(request, "This name and password do not go together.", 401)
        self._throttle.succeed(name, address)
        self._sessions.end(_token(request))
        token = await run_in_threadpool(self._sessions.begin, name)
        return _with_cookie(RedirectResponse(f"./{_query(request)}", 303), request, token, int(MAX_AGE_S))

    def sign_out(self, request: Request) -> Response:
        """End the session."""
        self._sessions.end(_token(request))
        return _with_cookie(RedirectResponse("login", 303), request, "", 0)


def _page(request: Request, message: str = "", status: int = 200) -> Response:
    page = render("login.html", message=message, query=_query(request))
    return HTMLResponse(page, status, {"Cache-Control": "no-store"})


def _query(request: Request) -> str:
    """Return the query of the page that was asked for before the sign-in: it names a conversation."""
    return f"?{request.url.query}" if request.url.query else ""


def _token(request: Request) -> str:
    try:
        cookie = SimpleCookie(request.headers.get("cookie", "")).get(_cookie_name(request))
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _cookie_name(request: Request) -> str:
    """Name the cookie by port: browsers keep them by host, and two Citewells must not sign each other out."""
    server = request.scope.get("server") or ("", 0)
    return f"citewell-{server[1]}"


def _with_cookie(response: Response, request: Request, token: str, seconds: int) -> Response:
    is_secure = request.url.scheme == "https"
    response.set_cookie(_cookie_name(request), token, max_age=seconds, httponly=True, samesite="lax", secure=is_secure)
    return response


def _duration(seconds: float) -> str:
    return f"{int(seconds // 60) + 1} minutes" if seconds > 90 else f"{int(seconds) + 1} seconds"
