"""Refuse bodies that are too large before they are read, and JSON that is too deep or has too many values unparsed."""

import json
import re
from math import isfinite
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Message, Receive

from api.problems import ProblemError

MAX_JSON_BYTES = 4_000_000
"""The page's own routes take a quarter of it. A program sends its whole conversation with each question, with what its
functions returned, and whole exports to be verified."""

MAX_DEPTH = 64
MAX_VALUES = 200_000
"""Values of one body. A long conversation that is to be verified has a tenth of it; more keep others waiting while they
are checked one by one."""

_LARGE = 64_000
"""JSON of so many bytes is looked through in a thread: others must not wait."""

_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
"""Escapes of surrogates, and what UTF-8 may not have: most bodies have neither, and need no closer look."""

_STRING_OR_SIGN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{},]', re.DOTALL)
"""Possessive: a string is passed over at once, and nothing is kept to come back to."""


async def limited(request: Request, limit: int) -> Receive:
    """Return the channel to read a request's body from, of at most `limit` bytes.

    JSON is received here, as far as it may go, and given on.

    Raises:
        ProblemError: the body is too large, or its JSON too deeply nested or of too many values.
    """
    length = request.headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise ProblemError(400, "The Content-Length is not a number.")
    is_json = "json" in request.headers.get("content-type", "json")
    limit = min(limit, MAX_JSON_BYTES) if is_json else limit
    if int(length) > limit:
        raise _too_large(limit)
    counted = _counting(request.receive, limit)
    if not is_json or request.method in ("GET", "HEAD", "DELETE", "OPTIONS"):
        return counted
    body = await _read(counted)
    if body is None:
        return request.receive
    if len(body) > _LARGE:
        await run_in_threadpool(_require_simple, body)
    else:
        _require_simple(body)
    return replay(body, request.receive)


async def _read(receive: Receive) -> bytes | None:
    """Return the whole body; None if the client has gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


async def body_within(request: Request, limit: int) -> bytes:
    """Return a request's whole body, of at most `limit` bytes.

    Raises:
        ProblemError: it is larger. No more of it is read.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


def parsed_json(body: bytes) -> Any:
    """Return the value of JSON, without half characters, which nothing that stores text takes, and endless numbers.

    Raises:
        ProblemError: it is no JSON, nested too deeply, or has half a character or a number that is not finite.
    """
    _require_simple(body)
    try:
        value = json.loads(body, parse_float=_finite, parse_constant=_finite)
        if _HALF_CHARACTER.search(body):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ProblemError(400, "The body has half a character (a lone surrogate), which is no text.") from error
    except (ValueError, RecursionError) as error:
        raise ProblemError(400, "The body is not JSON.") from error
    return value


def _finite(written: str) -> float:
    number = float(written)
    if not isfinite(number):
        raise ProblemError(
            400, "The body has a number that is too large, or NaN or Infinity, which JSON does not have."
        )
    return number


async def json_object(request: Request) -> dict[str, Any]:
    """Return the JSON object that was sent.

    Raises:
        ProblemError: the body is something else.
    """
    value = await run_in_threadpool(parsed_json, await request.body())
    if not isinstance(value, dict):
        raise ProblemError(400, "The body is not a JSON object.")
    return value


def _counting(receive: Receive, limit: int) -> Receive:
    read = 0

    async def give() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise _too_large(limit)
        return message

    return give


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a channel that gives a body already read, then whatever follows it."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return parts.pop() if parts else await receive()

    return give


def _require_simple(body: bytes) -> None:
    depth = values = 0
    for found in _STRING_OR_SIGN.finditer(body):
        if found[0] == b",":
            values += 1
            if values >= MAX_VALUES:
                raise ProblemError(400, f"The JSON has more than {MAX_VALUES:,} values.")
        elif found[0] in (b"[", b"{"):
            depth += 1
            if depth > MAX_DEPTH:
                raise ProblemError(400, f"The JSON is nested more than {MAX_DEPTH} deep.")
        elif found[0] in (b"]", b"}"):
            depth -= 1


def _too_large(limit: int) -> ProblemError:
    return ProblemError(413, f"The body is larger than the limit of {limit / 1_000_000:g} MB.")
