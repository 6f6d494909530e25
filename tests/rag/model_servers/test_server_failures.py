"""Errors of servers, as one sentence."""

import pytest

from rag.errors import QuestionError
from rag.model_servers.server_failures import Failures, RejectedRequestError, message_of
from rag.types.server_model import ServerModel

FAILURES = Failures(ServerModel("m", "http://h:1/v1"), "model", "sk-secret")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": {"message": "no", "code": 400}}', "no"),
        (b'{"error": {"message": "no", "code": "model_not_found"}}', "no [model_not_found]"),
        (b'{"error": "no"}', "no"),
        (b'{"message": "no", "type": "BadRequest"}', "no [BadRequest]"),
        (b'{"detail": [{"loc": ["body"], "msg": "no"}, {"msg": "never"}]}', "no; never"),
        (b"plain no", "plain no"),
        (b"<html>no</html>", ""),
        (b"[" * 100_000, "[" * 100_000),
        (b"", ""),
    ],
)
def test_the_message_is_found_in_every_form(body: bytes, message: str) -> None:
    assert message_of(body) == message


def test_what_a_server_says_is_shown_on_one_short_line_without_the_key() -> None:
    shown = FAILURES.shown("bad key sk-secret\n\x1b[31mred\x00" + "x" * 999)
    assert shown.startswith("bad key … [31mred x")
    assert len(shown) < 210


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
        "request (6031 tokens) exceeds the available context size (2048 tokens), try increasing it",
        "input is too large to process. increase the physical batch size",
        "Input length exceeds context_length_exceeded",
    ],
)
def test_a_prompt_that_is_too_long_is_the_questions_error_whatever_the_words(message: str) -> None:
    body = b'{"error": {"message": "%b"}}' % message.encode()
    assert isinstance(FAILURES.of_status(400, {}, body), QuestionError)
    assert isinstance(FAILURES.of_status(500, {}, body), QuestionError)
    assert isinstance(FAILURES.in_stream(message), QuestionError)


@pytest.mark.parametrize(("status", "is_failure"), [(400, False), (422, False), (501, False), (500, True), (408, True)])
def test_a_failure_is_told_from_a_rejection_of_what_is_in_a_request(status: int, is_failure: bool) -> None:
    error = FAILURES.of_status(status, {}, b"out of memory")
    assert isinstance(error, RejectedRequestError)
    assert (error.message, error.is_failure) == ("out of memory", is_failure)
