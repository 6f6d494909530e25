"""Server-sent events, however they are cut into parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.model_servers.server_events import MAX_EVENT_BYTES, BadEventError, events


def test_data_comes_event_by_event_without_comments_and_other_fields() -> None:
    sent = b": ping\n\nevent: message\nid: 1\ndata: one\n\ndata:two\ndata: three\n\n"
    assert list(events([sent])) == ["one", "two\nthree"]


@given(
    st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20)),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.data(),
)
def test_it_does_not_matter_where_the_parts_end(texts: list[str], line_end: str, data: st.DataObject) -> None:
    sent = "".join(f"data: {text}{line_end}{line_end}" for text in texts).encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=6)))
    parts = [sent[start:end] for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True)]
    assert list(events([*parts, b"\n"])) == texts


def test_an_event_that_the_end_cuts_off_is_left_out() -> None:
    assert list(events([b"data: one\n\ndata: tw"])) == ["one"]


@pytest.mark.parametrize(
    "parts",
    [
        [b"data: \xff\n\n"],
        [b"data: " + b"x" * MAX_EVENT_BYTES, b"x" * 10],
        [b"data: xxxxxxxxxxxxxxxx\n"] * (MAX_EVENT_BYTES // 8),
    ],
)
def test_what_is_no_text_or_has_no_end_is_an_error(parts: list[bytes]) -> None:
    with pytest.raises(BadEventError):
        list(events(parts))
