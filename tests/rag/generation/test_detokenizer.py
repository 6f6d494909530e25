"""Post-processing of tokens: whole characters, no part of a stop sequence, nothing taken back."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from rag.generation.detokenizer import CleanText, Detokenizer, StopSequences


def by_byte(ids: Sequence[int]) -> str:
    """Decode tokens that are bytes: the worst case for text."""
    return bytes(ids).decode("utf-8", errors="replace")


@given(st.text(max_size=60))
def test_deltas_join_to_the_text_and_never_show_half_a_character(text: str) -> None:
    detokenizer = Detokenizer(by_byte)
    deltas = [detokenizer.push(byte) for byte in text.encode()] + [detokenizer.finish()]
    assert "".join(deltas) == text.rstrip("\ufffd")
    assert all("\ufffd" not in delta for delta in deltas) or "\ufffd" in text


def test_a_character_cut_off_by_the_length_limit_is_left_out() -> None:
    detokenizer = Detokenizer(by_byte)
    deltas = [detokenizer.push(byte) for byte in "ok 🦉".encode()[:-1]] + [detokenizer.finish()]
    assert "".join(deltas) == "ok "


@given(st.lists(st.text(alphabet="abc", max_size=4), max_size=12), st.lists(st.text("abc", min_size=1, max_size=4)))
def test_what_is_shown_is_the_text_up_to_the_first_stop_sequence(deltas: list[str], stop: list[str]) -> None:
    stream = StopSequences(stop)
    shown = ""
    for delta in deltas:
        shown += stream.push(delta)
        assert not any(sequence in shown for sequence in stop)
    shown += stream.finish()
    text = "".join(deltas)
    cut = min((text.index(sequence) for sequence in stop if sequence in text), default=len(text))
    assert shown == text[:cut] or (stream.stopped and text.startswith(shown) and shown == text[: len(shown)])
    assert stream.stopped == any(sequence in text for sequence in stop)


def test_leading_space_and_control_characters_go() -> None:
    text = CleanText(())
    assert "".join(map(text.push, " \n Hi\x07 there\x1b[0m")) + text.finish() == "Hi there[0m"
