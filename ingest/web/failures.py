"""Say in words why a page was not fetched, and what to do next."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from rag.errors import DocumentError

_BY_HAND = "save the page in your browser, and add the file"

_STATUS = {
    400: "the site does not understand the request (400): check the address in a browser",
    401: f"it needs a login (401), which Citewell has none for: {_BY_HAND}",
    402: f"the site asks for payment (402): {_BY_HAND}",
    403: f"the site refuses to show it without a login, or to programs at all (403): {_BY_HAND}",
    404: "there is no such page (404): check the address in a browser",
    407: f"a proxy in between asks for a login (407): {_BY_HAND}",
    410: "the page was taken down (410)",
    429: "the site has had too many requests (429)",
    451: f"the site may not show it here for legal reasons (451): {_BY_HAND}",
    503: "the site is overloaded or being maintained (503)",
}

_BROKEN_TLS = (
    "the connection is not safe: {}. Check the address; if the site is inside your organisation, this machine has to "
    "trust its certificate first"
)


class FetchError(DocumentError):
    """A site answered, but not with something to ingest. `retry_after` is the seconds it asks to wait, 0 if none."""

    def __init__(self, message: str, *, status: int = 0, retry_after: float = 0.0, unreadable: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.unreadable = unreadable
        self.may_pass = status == 429 or status >= 500


def explain_status(status: int, headers: Mapping[str, str]) -> FetchError:
    """Return the error for a response that is no page."""
    wait = retry_after(headers.get("retry-after", ""))
    text = _STATUS.get(status)
    if text is None and status >= 500:
        text = f"the site has a fault of its own ({status}): try again later"
    elif text is None:
        text = f"the site answers with status {status}: check the address in a browser"
    elif status in (429, 503):
        text += f": try again in {wait:.0f} seconds" if wait else ": try again later"
    return FetchError(text, status=status, retry_after=wait)


def explain_failure(error: Exception, seconds: float) -> DocumentError:
    """Return the error for a connection that failed."""
    for cause in _causes(error):
        if isinstance(cause, DocumentError):
            return cause
        if isinstance(cause, ssl.SSLCertVerificationError):
            return DocumentError(_BROKEN_TLS.format(f"its certificate is not valid ({_said(cause)})"))
        if isinstance(cause, ssl.SSLError):
            return DocumentError(_BROKEN_TLS.format(f"TLS cannot be set up ({_said(cause)})"))
        if isinstance(cause, ConnectionRefusedError):
            return _passing("nothing answers at this address: check it, and its port")
    kind = type(error).__name__
    if "Timeout" in kind:
        return _passing(
            f"the site is too slow: the page was not there after {seconds:.0f} seconds (setting web_seconds)"
        )
    if "Protocol" in kind:
        return DocumentError("what answers there is no web server, or a broken one: check the address in a browser")
    return _passing("the connection failed: check the address, and whether this machine is online; then try again")


def _passing(message: str) -> DocumentError:
    error = DocumentError(message)
    error.may_pass = True
    return error


def retry_after(header: str) -> float:
    """Return the seconds that a Retry-After header asks to wait, 0 if it says nothing."""
    text = header.strip()
    if text.isascii() and text.isdecimal():
        return min(float(text[:9]), 1e9)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _said(error: ssl.SSLError) -> str:
    return getattr(error, "verify_message", None) or getattr(error, "reason", None) or "no reason is given"


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and len(found) < 10:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
