"""Errors have the shape, the types and the codes that OpenAI's clients know."""

import pytest

from api.openai.openai_errors import error_json, error_response
from api.problems import Problem


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (400, "invalid_request_error", None),
        (401, "authentication_error", "invalid_api_key"),
        (403, "permission_error", None),
        (404, "invalid_request_error", None),
        (422, "invalid_request_error", None),
        (429, "rate_limit_error", "rate_limit_exceeded"),
        (503, "server_error", None),
    ],
)
def test_a_problem_is_an_error_with_a_message(status: int, kind: str, code: str | None) -> None:
    told = error_json(Problem(status=status, detail="It is so."))
    assert told == {"error": {"message": "It is so.", "type": kind, "param": None, "code": code}}


def test_what_cannot_be_answered_is_a_bad_request() -> None:
    assert error_response(Problem(status=422, detail="It is empty.")).status_code == 400
