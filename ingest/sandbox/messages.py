"""Messages between Citewell and a reading process: frames of length-prefixed JSON or bytes, never pickles.

A hostile document may have taken over the process that read it. Messages are therefore plain data of bounded size, and
nothing in them can name code.
"""

import json
import struct
from typing import IO, Any

_HEAD = struct.Struct(">cI")
_JSON = b"J"
_BYTES = b"B"


class FrameError(Exception):
    """The stream ended or does not contain a valid message."""


def write_frame(stream: IO[bytes], value: Any) -> None:
    """Send one message: bytes as they are, anything else as JSON."""
    if isinstance(value, bytes):
        kind, body = _BYTES, value
    else:  # file names may contain surrogates for bytes that are not UTF-8
        kind, body = _JSON, json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    stream.write(_HEAD.pack(kind, len(body)) + body)
    stream.flush()


def read_frame(stream: IO[bytes], limit: int) -> tuple[Any, int]:
    """Receive one message of at most `limit` bytes; return it and its length in bytes.

    Raises:
        FrameError: the stream has ended, or does not contain a valid message within the limit.
    """
    kind, length = _HEAD.unpack(_exactly(stream, _HEAD.size))
    if kind not in (_JSON, _BYTES):
        raise FrameError("this is not a message")
    if length > limit:
        raise FrameError("the message is too long")
    body = _exactly(stream, length)
    if kind == _BYTES:
        return body, length
    try:
        return json.loads(body.decode("utf-8", "surrogatepass")), length
    except (ValueError, RecursionError) as error:
        raise FrameError("this is not JSON") from error


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise FrameError("the stream has ended")
    return data
