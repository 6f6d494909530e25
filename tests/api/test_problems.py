"""An error on purpose is told in its own sentence; any other is logged, and nothing of it is told."""

import json
import logging

import pytest

from api.problems import MEDIA_TYPE, UNEXPECTED, Problem, ProblemError, problem_of, problem_response
from rag.errors import (
    AccessError,
    BusyError,
    CitewellError,
    DocumentError,
    ExportError,
    LibraryError,
    LockedError,
    ModelError,
    QuestionError,
    SettingsError,
)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (AccessError("It is not yours."), 404),
        (BusyError("Too many wait."), 503),
        (DocumentError("It is empty."), 422),
        (LockedError("It is encrypted."), 422),
        (ExportError("It is damaged."), 422),
        (LibraryError("It is gone."), 503),
        (ModelError("It is not there."), 503),
        (QuestionError("It is too long."), 422),
        (SettingsError("It is out of range."), 422),
        (ProblemError(409, "It is there already."), 409),
    ],
)
def test_an_error_on_purpose_has_a_status_and_its_sentence(error: CitewellError, status: int) -> None:
    problem = problem_of(error)
    assert (problem.status, problem.detail) == (status, str(error))


def test_every_error_on_purpose_is_somebodys_fault() -> None:
    for kind in CitewellError.__subclasses__():
        if kind.__module__ == CitewellError.__module__:
            assert problem_of(kind("A sentence.")).status != 500, kind


def test_a_bug_is_logged_and_nothing_of_it_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        problem = problem_of(KeyError("/home/ann/secret"))
    assert (problem.status, problem.detail) == (500, UNEXPECTED)
    assert "/home/ann/secret" in caplog.text


def test_a_full_disk_is_said() -> None:
    assert problem_of(OSError(28, "No space left on device")).detail == "The disk says: No space left on device."


def test_a_response_is_a_problem_of_the_rfc_with_the_time_to_try_again() -> None:
    response = problem_response(Problem(status=429, detail="Try later.", retry_after=7))
    assert (response.status_code, response.media_type, response.headers["retry-after"]) == (429, MEDIA_TYPE, "7")
    assert json.loads(bytes(response.body)) == {
        "type": "about:blank",
        "title": "Too Many Requests",
        "status": 429,
        "detail": "Try later.",
    }
    assert problem_response(Problem(status=401, detail="Who?")).headers["www-authenticate"] == "Bearer"
