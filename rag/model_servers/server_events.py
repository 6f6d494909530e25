"""Read server-sent events: bytes as they arrive, to the data of whole events.

The format is that of the WHATWG's HTML standard; of an event's fields only `data` is kept.
"""

from collections.abc import Iterable, Iterator

MAX_EVENT_BYTES = 4_000_000
"""Longest line or event: a piece of an answer has some hundred bytes."""


class BadEventError(ValueError):
    """The bytes are no event stream."""


def events(parts: Iterable[bytes]) -> Iterator[str]:
    """Yield the data of each event. One that the end of the bytes cuts off is left out, as the standard says.

    Raises:
        BadEventError: a line is not UTF-8, or an event is longer than any real one.
    """
    data: list[str] = []
    size = 0
    for line in _lines(parts):
        if not line:
            if data:
                yield "\n".join(data)
            data, size = [], 0
            continue
        name, _, value = line.partition(b":")
        if name != b"data":
            continue  # a comment that keeps the connection open, or another field
        size += len(value)
        if size > MAX_EVENT_BYTES:
            raise BadEventError
        data.append(_decoded(value.removeprefix(b" ")))


def _lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield complete lines without their ends: LF, CR LF or CR."""
    held = b""
    is_first = True
    for part in parts:
        held += part
        # A CR at the very end may be half of a CR LF.
        whole, ended = held.replace(b"\r\n", b"\n"), not held.endswith(b"\r")
        *lines, held = (whole if ended else whole[:-1]).replace(b"\r", b"\n").split(b"\n")
        held += b"" if ended else b"\r"
        if len(held) > MAX_EVENT_BYTES:
            raise BadEventError
        for line in lines:
            yield line.removeprefix(b"\xef\xbb\xbf") if is_first else line
            is_first = False


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadEventError from error
