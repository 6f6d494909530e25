"""A limit of sessions for each caller: one more ends the one that was used least recently, as its client would."""

from collections import OrderedDict
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ID = "mcp-session-id"

Sessions = OrderedDict[str, None]
"""Ids of sessions, least recently used first."""


class SessionLimits:
    """An app behind the limit. A client that begins session after session and ends none takes nobody else's place."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._of_callers: dict[str, Sessions] = {}

    async def of(self, caller: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of a caller."""
        sessions = self._of_callers.setdefault(caller, Sessions())
        await self._app(scope, receive, self._noting(scope, sessions, send))
        while len(sessions) > self._most:
            oldest = next(iter(sessions))
            del sessions[oldest]
            await self._end(scope, oldest)

    def _noting(self, scope: Scope, sessions: Sessions, send: Send) -> Send:
        used = Headers(scope=scope).get(_ID, "")

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                if used in sessions:
                    sessions.move_to_end(used)
                    if scope["method"] == "DELETE" or message["status"] == HTTPStatus.NOT_FOUND:
                        del sessions[used]
                elif not used and (opened := Headers(raw=message.get("headers", [])).get(_ID)):
                    sessions[opened] = None
            await send(message)

        return noting

    async def _end(self, scope: Scope, session: str) -> None:
        async def nothing_more() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def unread(_message: Message) -> None: ...

        headers = [each for each in scope["headers"] if each[0] != _ID.encode()]
        headers.append((_ID.encode(), session.encode()))
        await self._app({**scope, "method": "DELETE", "headers": headers}, nothing_more, unread)
