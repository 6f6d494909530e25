"""Routes of the admin page. Each request is checked anew: whoever asks must be an owner still.

An owner runs Citewell and reads nobody else's documents: of these the page has numbers, and of files of others that
fail the ending only.
"""

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from api.key_store import keys_of
from rag.errors import AccessError, CitewellError, SettingsError
from rag.runtime.audit_log import Action, record
from rag.services import Services
from rag.types import LedgerEntry
from serving.accounts import Role
from serving.user_data import erase_user, remove_account
from serving.user_store import normalize_name
from web.auth.access import owner_of
from web.auth.login import Login, form_of
from web.page_language import gettext
from web.rendering.templates import render
from web.stored_texts import reason_shown

_MAX_ID = 100
_MAX_FAILURES = 50
_HEADERS = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, nofollow"}
_NOT_AN_OWNER = "This page is for owners of this Citewell, and your account is none."

Form = Mapping[str, str]

_NEW_USER: Form = {"name": "", "role": "editor"}


class AdminRoutes:
    """Routes over the accounts of one app, its sessions and its library."""

    def __init__(self, services: Services, login: Login) -> None:
        self._services = services
        self._users = login.users
        self._sessions = login.sessions
        self._actions: dict[str, Callable[[str, Form], None]] = {
            "add": self._add,
            "password": self._change_password,
            "role": self._change_role,
            "remove": self._remove,
            "end-session": self._end_session,
            "end-sessions": self._end_sessions,
            "revoke": self._revoke,
        }

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/admin", self.page, methods=["GET"]),
            Route("/admin/remove", self.confirm, methods=["GET"]),
            Route("/admin/{action}", self.act, methods=["POST"]),
        ]

    def page(self, request: Request) -> Response:
        """Show the page."""
        return self._page(owner_of(request))

    def confirm(self, request: Request) -> Response:
        """Ask whether a user is to be removed, and what is to become of their documents."""
        try:
            self._require_owner(owner_of(request))
            name = normalize_name(request.query_params.get("name", ""))
            documents = len(self._services.library.documents(name))
            html = render("admin_remove.html", name=name, documents=documents)
        except CitewellError as error:
            return _refusal(error)
        return HTMLResponse(html, headers=_HEADERS)

    async def act(self, request: Request) -> Response:
        """Do what a form of the page asks for, and show the page again."""
        form = await form_of(request)
        return await run_in_threadpool(self._act, owner_of(request), request.path_params["action"], form)

    def _page(self, user: str, refused: SettingsError | None = None, typed: Form = _NEW_USER) -> Response:
        # A refusal stands at the address of its form, one level below the page.
        shown = {"message": reason_shown(str(refused)), "base": "../"} if refused else {"message": "", "base": ""}
        try:
            self._require_owner(user)
            html = render("admin.html", roles=get_args(Role), typed=typed, **shown, **self._overview(user))
        except CitewellError as error:
            return _refusal(error)
        return HTMLResponse(html, 400 if refused else 200, _HEADERS)

    def _overview(self, user: str) -> dict[str, Any]:
        """Return what the page tells the owner who asks."""
        return {
            "user": user,
            "users": [self._account(name) for name in self._users.names()],
            "sessions": self._sessions.all(),
            "keys": keys_of(self._services).all(),
            "failures": self._failures(user),
        }

    def _account(self, name: str) -> dict[str, Any]:
        documents = self._services.library.documents(name)
        return {
            "name": name,
            "role": self._users.role(name),
            "has_password": not self._users.identity(name),
            "documents": len(documents),
            "megabytes": f"{sum(document.size for document in documents) / 1_000_000:.1f}",
            "conversations": len(self._services.conversations.conversations(name)),
        }

    def _failures(self, user: str) -> list[dict[str, str]]:
        failed = [entry for entry in self._services.library.ledger() if entry.state == "failed"]
        latest = sorted(failed, key=lambda entry: entry.at, reverse=True)[:_MAX_FAILURES]
        return [_failure(entry, user) for entry in latest]

    def _act(self, user: str, action: str, form: Form) -> Response:
        try:
            self._require_owner(user)
            self._actions.get(action, _unknown)(user, form)
        except SettingsError as error:
            return self._page(user, error, {**_NEW_USER, **form} if action == "add" else _NEW_USER)
        except CitewellError as error:
            return _refusal(error)
        return RedirectResponse("../admin", 303, _HEADERS)

    def _require_owner(self, user: str) -> None:
        if not user or self._users.role(user) != "owner":
            raise AccessError(_NOT_AN_OWNER)

    def _add(self, _user: str, form: Form) -> None:
        role = _role(form)
        name = self._users.add(form.get("name", ""), form.get("password", ""), role)
        self._record("user-added", name, role)

    def _change_password(self, _user: str, form: Form) -> None:
        self._record("password-changed", self._users.change(form.get("name", ""), form.get("password", "")))

    def _change_role(self, user: str, form: Form) -> None:
        role = _role(form)
        self._record("role-changed", self._users.set_role(form.get("name", ""), role, by=user), role)

    def _remove(self, user: str, form: Form) -> None:
        if form.get("documents") not in ("keep", "remove"):
            raise SettingsError("Choose what is to become of the user's documents.")
        name = normalize_name(form.get("name", ""))
        if form["documents"] == "remove" and self._users.stamp(name) is not None:
            erase_user(self._services, self._users, name, by=user)
        else:
            remove_account(self._services, self._users, name, by=user, with_documents=False)
            self._record("user-removed", name)
        keys_of(self._services).revoke_all_of(name)
        self._sessions.end_all_of(name)

    def _end_session(self, _user: str, form: Form) -> None:
        self._sessions.end_by_id(form.get("id", ""))
        self._record("sessions-ended", form.get("id", "")[:_MAX_ID])

    def _end_sessions(self, _user: str, form: Form) -> None:
        name = normalize_name(form.get("name", ""))[:_MAX_ID]
        self._sessions.end_all_of(name)
        self._record("sessions-ended", name)

    def _revoke(self, _user: str, form: Form) -> None:
        self._record("key-revoked", keys_of(self._services).revoke(form.get("key", "")))

    def _record(self, action: Action, object_: str, detail: str = "") -> None:
        record(self._services.settings.audit_log, action, object_, detail)


def _failure(entry: LedgerEntry, user: str) -> dict[str, str]:
    is_own = entry.owner == user
    unnamed = gettext("a file {ending}").format(ending=PurePath(entry.name).suffix[:8]).strip()
    return {
        "file": entry.name if is_own else unnamed,
        "user": entry.owner,
        "reason": reason_shown(entry.reason if is_own else entry.reason.replace(entry.name, "the file")),
        "at": entry.at[:16].replace("T", " "),
    }


def _unknown(_user: str, _form: Form) -> None:
    raise SettingsError("The admin page has no such form. Open it again.")


def _role(form: Form) -> Role:
    role: Role | None = next((each for each in get_args(Role) if each == form.get("role")), None)
    if role is None:
        raise SettingsError(f"A role is one of {', '.join(get_args(Role))}. Choose one.")
    return role


def _refusal(error: CitewellError) -> Response:
    status = 403 if isinstance(error, AccessError) else 503
    return HTMLResponse(render("message.html", message=reason_shown(str(error))), status, _HEADERS)
