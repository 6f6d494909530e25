"""A body that is too large is refused before it is read, and one too deep or of too many values before it is parsed."""

import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message

from api.bodies import MAX_DEPTH, MAX_JSON_BYTES, MAX_VALUES, body_within, json_object, limited, parsed_json
from api.problems import ProblemError
from tests.support.coroutines import run_coroutine


class Sent:
    """A request in parts, which notes how much of it was read."""

    def __init__(self, *parts: bytes, kind: str = "application/json", length: str | None = None) -> None:
        self.parts = list(parts)
        self.read = 0
        headers = [(b"content-type", kind.encode())]
        if length is not None:
            headers.append((b"content-length", length.encode()))
        scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
        self.request = Request(scope, self.receive)

    async def receive(self) -> Message:
        if not self.parts:
            return {"type": "http.disconnect"}
        part = self.parts.pop(0)
        self.read += len(part)
        return {"type": "http.request", "body": part, "more_body": bool(self.parts)}

    def body(self, limit: int = 10**9) -> Any:
        async def read() -> bytes:
            receive = await limited(self.request, limit)
            return await Request(self.request.scope, receive).body()

        return run_coroutine(read())


def refused(sent: Sent, limit: int = 10**9) -> int:
    with pytest.raises(ProblemError) as error:
        sent.body(limit)
    return error.value.problem.status


def test_a_body_said_to_be_too_large_is_not_read_at_all() -> None:
    sent = Sent(b"x" * 100, length=str(10**9))
    assert (refused(sent), sent.read) == (413, 0)


def test_a_body_that_says_nothing_is_read_up_to_its_limit() -> None:
    sent = Sent(*[b"x" * 1000] * 50, kind="multipart/form-data; boundary=b")
    assert (refused(sent, 10_000), sent.read) == (413, 11_000)
    assert refused(Sent(*[b" " * 1_000_000] * 9)) == 413


def test_json_has_a_limit_of_its_own() -> None:
    assert refused(Sent(b"{}", length=str(MAX_JSON_BYTES + 1))) == 413
    assert Sent(b'{"a":', b' "[[["}').body() == b'{"a": "[[["}'


@pytest.mark.parametrize("length", ["-1", "1e9", "", "٣"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    sent = Sent(b"{}", length="0")
    sent.request = Request(
        {**sent.request.scope, "headers": [(b"content-length", length.encode("utf-8"))]}, sent.receive
    )
    assert refused(sent) == 400


def test_deep_nesting_is_refused_and_brackets_in_strings_are_none() -> None:
    assert refused(Sent(b"[" * (MAX_DEPTH + 1))) == 400
    assert refused(Sent(b'{"a":' * 100_000)) == 400
    assert Sent(json.dumps(["[" * 1000, '\\"[' * 100]).encode()).body()
    assert Sent(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH).body()
    assert Sent(b"[[]," * 1 + b"[]]" * 1).body()


def test_too_many_values_are_refused_and_commas_in_strings_are_none() -> None:
    many = b'{"messages": [' + b"1," * MAX_VALUES + b"1]}"
    assert refused(Sent(many)) == 400
    with pytest.raises(ProblemError, match="200,000 values"):
        parsed_json(many)
    assert parsed_json(json.dumps({"text": "," * MAX_VALUES}).encode())["text"]
    assert len(parsed_json(b"[" + b"1," * 150_000 + b"1]")) == 150_001


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff", b"[" * 60, b'{"a": "\\ud800"}', b'{"a": "\xed\xa0\x80"}'])
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(ProblemError) as error:
        run_coroutine(json_object(Sent(body).request))
    assert error.value.problem.status == 400
    assert run_coroutine(json_object(Sent(b'{"a": 1}').request)) == {"a": 1}
    assert run_coroutine(json_object(Sent(b'{"a": "\\ud83d\\ude00"}').request)) == {"a": "\N{GRINNING FACE}"}


def test_of_a_body_without_end_no_more_is_read_than_the_limit() -> None:
    sent = Sent(*[b"x" * 1000] * 50)
    with pytest.raises(ProblemError) as error:
        run_coroutine(body_within(sent.request, 10_000))
    assert (error.value.problem.status, sent.read) == (413, 11_000)
    assert run_coroutine(body_within(Sent(b"12", b"34").request, 4)) == b"1234"


@pytest.mark.parametrize("body", [b"NaN", b"[Infinity]", b'{"a": -Infinity}', b"1e999", b"[-1e999]"])
def test_numbers_that_no_answer_could_repeat_are_refused(body: bytes) -> None:
    with pytest.raises(ProblemError, match="a number") as error:
        parsed_json(body)
    assert error.value.problem.status == 400
    assert parsed_json(b"[1.5, 1e308, -0.0, 12345678901234567890]") == [1.5, 1e308, 0.0, 12345678901234567890]
