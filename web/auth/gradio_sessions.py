"""Whose each tab is. Gradio names a tab's session (`session_hash`), and gives its events to whoever names it too.

They carry questions and answers: a tab belongs to the user who used it first.
"""

import json
import re
from collections import OrderedDict
from threading import Lock

from starlette.requests import Request
from starlette.types import Message, Receive

_OF_A_TAB = re.compile(r"/gradio_api/(queue/.+|heartbeat/.+|cancel|reset/?|component_server/?)")
_EVENT_BYTES = 2_000_000
_REMEMBERED = 20_000


class Tabs:
    """The tabs that were seen."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    async def admit(self, request: Request, user: str) -> Receive | None:
        """What a request about a tab is to be read from, if it is about one of this user's; None if it is not."""
        if not _OF_A_TAB.fullmatch(request.url.path):
            return request.receive
        if request.method != "POST":
            return request.receive if self._is_owner(_named(request), user) else None
        body = await read(request, _EVENT_BYTES)
        return _again(body, request.receive) if self._is_owner(_told(body), user) else None

    def _is_owner(self, tab: str, user: str) -> bool:
        with self._lock:
            owner = self._owners.setdefault(tab, user)
            self._owners.move_to_end(tab)
            if len(self._owners) > _REMEMBERED:
                self._owners.popitem(last=False)
        return bool(tab) and owner == user


async def read(request: Request, limit: int) -> bytes:
    """The request's body; nothing, if it is longer than anything that is meant."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            return b""
    return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read already, then whatever comes after it."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return parts.pop() if parts else await receive()

    return give


def _named(request: Request) -> str:
    """The tab in a request's address."""
    if "/heartbeat/" in request.url.path:
        return request.url.path.rsplit("/", 1)[-1]
    return request.query_params.get("session_hash", "")


def _told(body: bytes) -> str:
    """The tab in a request's body."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    tab = value.get("session_hash") if isinstance(value, dict) else None
    return tab if isinstance(tab, str) else ""
