"""Tie each Gradio session to the user who began it.

Gradio names a tab's session (`session_hash`), and sends its events, which carry questions and answers, to anyone who
names it.
"""

import re
from collections import OrderedDict
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Receive

from api.bodies import body_within, parsed_json, replay
from api.problems import ProblemError

_SESSION_PATH = re.compile(r"/gradio_api/(queue/.+|heartbeat/.+|cancel|reset/?)")
_MAX_EVENT_BYTES = 2_000_000
_MAX_REMEMBERED = 20_000


class GradioSessions:
    """The sessions seen so far, with their owners."""

    def __init__(self) -> None:
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    async def admit(self, request: Request, user: str) -> Receive | None:
        """Return the channel to read the request from; None if it concerns a session of another user.

        Raises:
            ProblemError: its body is too large.
        """
        if not _SESSION_PATH.fullmatch(request.scope["path"]):
            return request.receive
        if request.method != "POST":
            return request.receive if self._is_owner(_session_in_address(request), user) else None
        body = await body_within(request, _MAX_EVENT_BYTES)
        session = await run_in_threadpool(_session_in_body, body)
        return replay(body, request.receive) if self._is_owner(session, user) else None

    def _is_owner(self, session: str, user: str) -> bool:
        with self._lock:
            owner = self._owners.setdefault(session, user)
            self._owners.move_to_end(session)
            if len(self._owners) > _MAX_REMEMBERED:
                self._owners.popitem(last=False)
        return bool(session) and owner == user


def _session_in_address(request: Request) -> str:
    if "/heartbeat/" in request.scope["path"]:
        return str(request.scope["path"]).rsplit("/", 1)[-1]
    return request.query_params.get("session_hash", "")


def _session_in_body(body: bytes) -> str:
    try:
        value = parsed_json(body)
    except ProblemError:
        return ""
    session = value.get("session_hash") if isinstance(value, dict) else None
    return session if isinstance(session, str) else ""
