"""Messages arrive as they were sent, and anything else is refused."""

import io
import pickle
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sandbox.messages import FrameError, read_frame, write_frame

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES | st.binary())
def test_a_message_arrives_as_it_was_sent(value: object) -> None:
    stream = io.BytesIO()
    write_frame(stream, value)
    stream.seek(0)
    assert read_frame(stream, 1 << 20)[0] == value
    assert stream.read() == b""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "ended"),
        (b"J\x00\x00", "ended"),
        (struct.pack(">cI", b"J", 10) + b"[1", "ended"),
        (struct.pack(">cI", b"J", 1000) + b" " * 1000, "too long"),
        (struct.pack(">cI", b"J", 2) + b"{]", "not JSON"),
        (struct.pack(">cI", b"J", 2) + b"\xff\xff", "not JSON"),
        (pickle.dumps(["a pickle"]), "not a message"),
    ],
)
def test_anything_else_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(FrameError, match=reason):
        read_frame(io.BytesIO(data), 100)
