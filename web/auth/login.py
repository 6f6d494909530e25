"""Signing in and out: the form (plain HTML, no script), tries, and the cookie that holds a session's token."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from web.auth.auth_file import MOST_CHARACTERS, Users, normal
from web.auth.gradio_sessions import read
from web.auth.sessions import LONGEST_S, Sessions
from web.auth.throttle import LoginThrottle
from web.rendering.templates import render

_FORM_BYTES = 10_000
_HASHED_AT_ONCE = 2
"""Passwords: each takes 32 MB and a processor."""


class SignIn:
    """The sign-in of one app, for the users of an auth file."""

    def __init__(self, users: Users) -> None:
        self._users = users
        self._sessions = Sessions(users)
        self._tries = LoginThrottle()
        self._hashing = CapacityLimiter(_HASHED_AT_ONCE)

    def user(self, request: Request) -> str | None:
        """Who sends this request; None if nobody is signed in.

        Raises:
            SettingsError: the auth file cannot be read.
        """
        return self._sessions.user(_token(request))

    async def form(self, request: Request) -> Response:
        """The form; or what comes of it, when it is sent.

        Raises:
            SettingsError: the auth file cannot be read.
        """
        if request.method != "POST":
            return _page(request)
        fields = parse_qs((await read(request, _FORM_BYTES)).decode(errors="replace"))
        name, password = (fields.get(key, [""])[0] for key in ("name", "password"))
        name, address = normal(name)[:100], request.client.host if request.client else ""
        if wait := self._tries.begin(name, address):
            return _page(request, f"Too many tries. Wait {_duration(wait)}, then try again.", 429)
        is_right = self._users.is_password
        if not await to_thread.run_sync(is_right, name, password[: MOST_CHARACTERS + 1], limiter=self._hashing):
            return _page(request, "This name and password do not go together.", 401)
        self._tries.right(name, address)
        self._sessions.end(_token(request))
        token = await run_in_threadpool(self._sessions.begin, name)
        return _with_cookie(RedirectResponse(f"./{_query(request)}", 303), request, token, int(LONGEST_S))

    def out(self, request: Request) -> Response:
        """Sign out."""
        self._sessions.end(_token(request))
        return _with_cookie(RedirectResponse("login", 303), request, "", 0)


def _page(request: Request, message: str = "", status: int = 200) -> Response:
    page = render("login.html", message=message, query=_query(request))
    return HTMLResponse(page, status, {"Cache-Control": "no-store"})


def _query(request: Request) -> str:
    """Where somebody wanted to before they had to sign in: the page has its conversation in its query."""
    return f"?{request.url.query}" if request.url.query else ""


def _token(request: Request) -> str:
    try:
        cookie = SimpleCookie(request.headers.get("cookie", "")).get(_cookie_name(request))
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _cookie_name(request: Request) -> str:
    """Browsers keep cookies by host, not by port: two Citewells on one machine must not sign each other out."""
    server = request.scope.get("server") or ("", 0)
    return f"citewell-{server[1]}"


def _with_cookie(response: Response, request: Request, token: str, seconds: int) -> Response:
    is_secure = request.url.scheme == "https"
    response.set_cookie(_cookie_name(request), token, max_age=seconds, httponly=True, samesite="lax", secure=is_secure)
    return response


def _duration(seconds: float) -> str:
    return f"{int(seconds // 60) + 1} minutes" if seconds > 90 else f"{int(seconds) + 1} seconds"
