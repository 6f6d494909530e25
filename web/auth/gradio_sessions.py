"""Tie each Gradio session to the user who began it.

Gradio names a tab's session (`session_hash`), and sends its events, which carry questions and answers, to anyone who
names it.
"""

import json
import re
from collections import OrderedDict
from threading import Lock

from starlette.requests import Request
from starlette.types import Message, Receive

_SESSION_PATH = re.compile(r"/gradio_api/(queue/.+|heartbeat/.+|cancel|reset/?|component_server/?)")
_MAX_EVENT_BYTES = 2_000_000
_MAX_REMEMBERED = 20_000


class GradioSessions:
    """The sessions seen so far, with their owners."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    async def admit(self, request: Request, user: str) -> Receive | None:
        """Return the channel to read the request from; None if it concerns a session of another user."""
        if not _SESSION_PATH.fullmatch(request.url.path):
            return request.receive
        if request.method != "POST":
            return request.receive if self._is_owner(_session_in_address(request), user) else None
        body = await read_body(request, _MAX_EVENT_BYTES)
        return _replay(body, request.receive) if self._is_owner(_session_in_body(body), user) else None

    def _is_owner(self, session: str, user: str) -> bool:
        with self._lock:
            owner = self._owners.setdefault(session, user)
            self._owners.move_to_end(session)
            if len(self._owners) > _MAX_REMEMBERED:
                self._owners.popitem(last=False)
        return bool(session) and owner == user


async def read_body(request: Request, limit: int) -> bytes:
    """Return the request's body, or nothing if it has more than `limit` bytes."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            return b""
    return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a channel that gives a body already read, then whatever follows it."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return parts.pop() if parts else await receive()

    return give


def _session_in_address(request: Request) -> str:
    if "/heartbeat/" in request.url.path:
        return request.url.path.rsplit("/", 1)[-1]
    return request.query_params.get("session_hash", "")


def _session_in_body(body: bytes) -> str:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    session = value.get("session_hash") if isinstance(value, dict) else None
    return session if isinstance(session, str) else ""
