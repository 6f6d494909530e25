"""The face over streamable HTTP, at `/mcp`: for clients of the protocol's versions with sessions and without."""

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from api.assistant_events import require_ready
from api.backend import Backend
from api.bodies import MAX_JSON_BYTES
from api.caller import Caller, caller_of
from api.face import Face
from api.mcp.protocol import protocol_server
from api.mcp.session_limits import SessionLimits
from api.mcp.tool import Report, Use
from api.mcp.tool_set import ToolSet
from api.problems import report_errors

PATH = "/mcp"
_MAX_SESSIONS = 500
_MAX_SESSIONS_OF_A_CALLER = 20

_NOT_AGAIN = TransportSecuritySettings(enable_dns_rebinding_protection=False)
"""The guard has checked host and origin: without a key only this machine's names, and no page of another site."""


def mcp_face(backend: Backend) -> Face:
    """Return the face."""

    async def models(_use: Use, _report: Report) -> None:
        require_ready(backend)

    def may_write(caller: Caller) -> bool:
        return backend.services.settings.mcp_write and bool(caller.key) and not caller.read_only and caller.is_editor

    tools = ToolSet(backend, models, may_write)

    async def ready() -> ToolSet:
        return tools

    server = protocol_server(ready)
    app = server.streamable_http_app(
        streamable_http_path=PATH,
        max_request_body_size=MAX_JSON_BYTES,
        max_sessions=_MAX_SESSIONS,
        transport_security=_NOT_AGAIN,
    )
    report_errors(app)
    limited = SessionLimits(app, _MAX_SESSIONS_OF_A_CALLER)
    return Face(paths=(PATH,), app=_bound_to_callers(limited), lifespan=server.session_manager.run)


def _bound_to_callers(app: SessionLimits) -> ASGIApp:
    """Name each caller to the app: it lets a session be used by nobody but who began it."""

    async def bound(scope: Scope, receive: Receive, send: Send) -> None:
        caller = caller_of(HTTPConnection(scope))
        token = AccessToken(token="", client_id=caller.key or "none", subject=caller.owner, scopes=[])
        await app.of(f"{caller.owner} {caller.key}", {**scope, "user": AuthenticatedUser(token)}, receive, send)

    return bound
