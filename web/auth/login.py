"""Sign users in and out: the form (plain HTML, no script) and the cookie that holds a session's token."""

import logging
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.bodies import body_within
from rag.errors import AccessError, LibraryError
from rag.runtime.audit_log import Action, acting, record
from rag.services import Services
from rag.settings import Settings
from rag.text.message_catalogues import to_translate
from serving.user_data import holdings_of
from serving.user_store import MAX_CHARACTERS, UserStore, normalize_name
from web.auth.openid_sign_in import CALLBACK, START, OpenIdSignIn
from web.auth.proxy_sign_in import ProxySignIn
from web.auth.sessions import MAX_AGE_S, Sessions, SessionStore, StoredSessions
from web.auth.throttle import LoginThrottle, StoredThrottle, Throttle
from web.page_language import gettext, ngettext
from web.rendering.templates import render

log = logging.getLogger(__name__)

NO_DATABASE = to_translate("Nobody can be let in just now: the database does not answer. Try again in a minute.")
"""What strangers are told: the reason, which names the database, is for the log."""

_MAX_FORM_BYTES = 10_000
_MAX_HASHING = 2
"""Passwords hashed at once: each takes 32 MB and a processor."""


@dataclass(frozen=True, slots=True)
class SharedSignIns:
    """The sessions, the throttle and the name of the cookie that apps on one database have in common."""

    sessions: SessionStore
    throttle: Throttle
    cookie: str


class Login:
    """The sign-in of one app. Without what is `shared` with others its sessions are its own."""

    def __init__(self, users: UserStore, settings: Settings, shared: SharedSignIns | None = None) -> None:
        self.users = users
        self._audit = settings.audit_log
        self._openid = OpenIdSignIn(settings, users) if settings.oidc_issuer else None
        self._proxy = ProxySignIn(settings, users) if settings.proxy_user_header else None
        self.sessions: SessionStore = shared.sessions if shared else Sessions(users)
        self._throttle: Throttle = shared.throttle if shared else LoginThrottle()
        self._cookie = shared.cookie if shared else ""
        self._hashing = CapacityLimiter(_MAX_HASHING)

    def user(self, request: Request) -> str | None:
        """Return the user who sends this request; None if nobody is signed in.

        Raises:
            SettingsError: the auth file cannot be read.
            LibraryError: the database cannot be read.
            AccessError: it does not come from the proxy that all requests come from.
        """
        named = self._proxy.user(request) if self._proxy else None
        return named or self.sessions.user(self._token(request))

    def require_way(self, request: Request) -> None:
        """Check that a request has come by the way that all take: through the proxy, where there is one.

        Raises:
            AccessError: it has not.
        """
        if self._proxy:
            self._proxy.require_proxy(request)

    async def elsewhere(self, request: Request) -> Response | None:
        """Return the answer to a request of the sign-in elsewhere, None for any other.

        Raises:
            SettingsError: the auth file cannot be read or written.
            LibraryError: the database cannot be.
        """
        path = str(request.scope["path"])
        if self._openid is None or request.method != "GET" or path not in (START, CALLBACK):
            return None
        try:
            if path == START:
                return await run_in_threadpool(self._openid.begin, request)
            name, query = await run_in_threadpool(self._openid.finish, request)
        except AccessError as error:
            if path == CALLBACK:
                await run_in_threadpool(self._record, request, "sign-in-failed", "")
            return self._page(request, str(error), 403, base="../" if path == START else "../../")
        return await self._signed_in(request, name, f"../../{f'?{query}' if query else ''}")

    async def _signed_in(self, request: Request, name: str, to: str) -> Response:
        """Begin a session in place of the one before, and send the browser on."""
        await run_in_threadpool(self.sessions.end, self._token(request))
        token = await run_in_threadpool(self.sessions.begin, name)
        await run_in_threadpool(self._record, request, "sign-in", name)
        return self._with_cookie(RedirectResponse(to, 303), request, token, int(MAX_AGE_S))

    async def form(self, request: Request) -> Response:
        """Return the form, or the outcome of sending it.

        Raises:
            SettingsError: the auth file cannot be read.
        """
        if request.method != "POST":
            return self._page(request)
        fields = await form_of(request)
        name, password = (fields.get(key, "") for key in ("name", "password"))
        try:
            return await self._outcome(request, normalize_name(name)[:100], password)
        except LibraryError as error:
            log.error("nobody can sign in: %s", error)  # noqa: TRY400  the sentence says it
            return self._page(request, gettext(NO_DATABASE), 503, name=normalize_name(name)[:100])

    async def _outcome(self, request: Request, name: str, password: str) -> Response:
        address = address_of(request)
        if wait := await run_in_threadpool(self._throttle.begin, name, address):
            return self._page(request, _wait(wait), 429, name=name)
        verify = self.users.verify
        if not await to_thread.run_sync(verify, name, password[: MAX_CHARACTERS + 1], limiter=self._hashing):
            await run_in_threadpool(self._record, request, "sign-in-failed", name)
            return self._page(request, gettext("This name and password do not go together."), 401, name=name)
        await run_in_threadpool(self._throttle.succeed, name, address)
        return await self._signed_in(request, name, f"./{_query(request)}")

    def _page(self, request: Request, message: str = "", status: int = 200, base: str = "", name: str = "") -> Response:
        query = "" if base else _query(request)  # elsewhere's own is nothing to go back to
        known = {"query": query, "base": base, "name": name, "has_openid": self._openid is not None}
        page = render("login.html", message=message, **known)
        return HTMLResponse(page, status, {"Cache-Control": "no-store"})

    def sign_out(self, request: Request) -> Response:
        """End the session."""
        name = self.sessions.user(self._token(request))
        self.sessions.end(self._token(request))
        if name:
            self._record(request, "sign-out", name)
        return self._with_cookie(RedirectResponse("login", 303), request, "", 0)

    def _record(self, request: Request, action: Action, name: str) -> None:
        """Note it in the audit log. A name that nobody has is left out: it may be a password in the wrong field."""
        known = name if self.users.stamp(name) is not None else ""
        with acting(known, address_of(request)):
            record(self._audit, action, known)

    def _token(self, request: Request) -> str:
        return request.cookies.get(self._cookie_name(request), "")  # read as browsers write them, whatever others are

    def _cookie_name(self, request: Request) -> str:
        """Name the cookie by port: browsers keep them by host, and two Citewells must not sign each other out.

        Those that share a database have one name, whatever their ports.
        """
        server = request.scope.get("server") or ("", 0)
        return self._cookie or f"citewell-{server[1]}"

    def _with_cookie(self, response: Response, request: Request, token: str, seconds: int) -> Response:
        name, is_secure = self._cookie_name(request), request.url.scheme == "https"
        response.set_cookie(name, token, max_age=seconds, httponly=True, samesite="lax", secure=is_secure)
        return response


def open_login(services: Services, users: UserStore) -> Login:
    """Return the sign-in of an app over these services, which it shares with others on the same database."""
    users.keep_names(lambda name: holdings_of(services, name).are_any)
    sessions, failures = (services.stores.shared(part) for part in ("sessions", "failed_sign_ins"))
    if sessions is None or failures is None:
        return Login(users, services.settings)
    cookie = f"citewell-{sha256(services.library.identity.encode()).hexdigest()[:12]}"
    shared = SharedSignIns(StoredSessions(users, sessions), StoredThrottle(failures), cookie)
    return Login(users, services.settings, shared)


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a form that was sent, each once.

    Raises:
        ProblemError: it is too large.
    """
    sent = parse_qs((await body_within(request, _MAX_FORM_BYTES)).decode(errors="replace"))
    return {name: values[0] for name, values in sent.items()}


def address_of(request: Request) -> str:
    """Return the address that a request comes from."""
    return request.client.host if request.client else ""


def _query(request: Request) -> str:
    """Return the query of the page that was asked for before the sign-in: it names a conversation."""
    return f"?{request.url.query}" if request.url.query else ""


def _wait(seconds: float) -> str:
    if seconds > 90:
        number = int(seconds // 60) + 1
        text = ngettext(
            "Too many attempts. Wait {number} minute, then try again.",
            "Too many attempts. Wait {number} minutes, then try again.",
            number,
        )
    else:
        number = int(seconds) + 1
        text = ngettext(
            "Too many attempts. Wait {number} second, then try again.",
            "Too many attempts. Wait {number} seconds, then try again.",
            number,
        )
    return text.format(number=number)
