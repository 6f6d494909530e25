"""A Gradio session belongs to the user who began it, and requests about it are passed on as they were sent."""

from collections.abc import Sequence

import pytest
from starlette.requests import Request
from starlette.types import Message, Receive

from tests.support.coroutines import run_coroutine
from web.auth import gradio_sessions
from web.auth.gradio_sessions import GradioSessions


def request(path: str, body: Sequence[bytes] = (), method: str = "GET") -> Request:
    parts = [{"type": "http.request", "body": part, "more_body": True} for part in body]
    messages: list[Message] = [*parts, {"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    return Request(scope, receive)


def admitted(sessions: GradioSessions, asked: Request, user: str) -> Receive | None:
    return run_coroutine(sessions.admit(asked, user))


def test_a_body_that_was_read_is_passed_on_whole_with_what_follows() -> None:
    asked = request("/gradio_api/queue/join", [b'{"session_', b'hash": "s1"}'], method="POST")

    async def passed_on() -> list[Message]:
        receive = await GradioSessions().admit(asked, "ann")
        assert receive is not None
        return [await receive(), await receive()]

    first, second = run_coroutine(passed_on())
    assert first == {"type": "http.request", "body": b'{"session_hash": "s1"}', "more_body": False}
    assert second["type"] == "http.disconnect"


def test_the_session_that_was_not_used_for_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradio_sessions, "_MAX_REMEMBERED", 2)
    sessions = GradioSessions()
    for session in ("s1", "s2", "s1", "s3"):
        assert admitted(sessions, request(f"/gradio_api/heartbeat/{session}"), "ann")
    assert admitted(sessions, request("/gradio_api/heartbeat/s1"), "bob") is None
    assert admitted(sessions, request("/gradio_api/heartbeat/s2"), "bob")
