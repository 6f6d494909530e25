"""Every failure says in a sentence what is wrong and what to do next."""

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpcore2
import pytest

from ingest.web.failures import explain_failure, explain_status, retry_after
from rag.errors import DocumentError


@pytest.mark.parametrize("status", [*range(400, 430), 451, 500, 502, 503, 504, 599])
def test_every_status_is_explained_with_its_number(status: int) -> None:
    error = explain_status(status, {})
    assert str(status) in str(error)
    assert error.status == status


def test_a_time_to_wait_may_be_seconds_or_a_date() -> None:
    assert retry_after("120") == 120
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 50 < retry_after(in_a_minute) <= 60
    assert [retry_after(text) for text in ("", "soon", "-5", "Mon, 01 Jan 2001 00:00:00 GMT")] == [0.0] * 4
    assert retry_after("Mon, 01 Jan 99999999999 00:00:00 GMT") == 0.0


def caused(cause: Exception) -> Exception:
    """Return an error of the client as it comes, with its cause."""
    error = httpcore2.ConnectError("failed")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (caused(ConnectionRefusedError()), "nothing answers"),
        (caused(ssl.SSLCertVerificationError("expired")), "its certificate is not valid"),
        (caused(ssl.SSLError()), "TLS cannot be set up"),
        (caused(DocumentError("a reason of our own")), "a reason of our own"),
        (caused(OSError("no route")), "the connection failed"),
        (httpcore2.ReadTimeout(), "not there after 60 seconds"),
        (httpcore2.RemoteProtocolError(), "no web server, or a broken one"),
    ],
)
def test_a_failed_connection_is_explained_by_its_cause(error: Exception, reason: str) -> None:
    assert reason in str(explain_failure(error, 60))


@pytest.mark.parametrize(("status", "may_pass"), [(404, False), (403, False), (429, True), (503, True), (500, True)])
def test_an_overloaded_site_may_answer_later(status: int, may_pass: bool) -> None:
    assert explain_status(status, {}).may_pass is may_pass


def test_a_connection_that_fails_may_be_better_later_and_a_wrong_certificate_is_not() -> None:
    passing = (caused(ConnectionRefusedError()), httpcore2.ReadTimeout(), httpcore2.ConnectError())
    assert all(explain_failure(error, 60).may_pass for error in passing)
    lasting = (caused(ssl.SSLError()), httpcore2.RemoteProtocolError())
    assert not any(explain_failure(error, 60).may_pass for error in lasting)
