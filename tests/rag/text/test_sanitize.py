"""Invisible characters: those that hide something go, those that spell something stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.sanitize import VisibleStream, strip_invisible, without_leaders

HIDDEN = {
    "zero-width space": "pass\u200bword",
    "word joiner and invisible operators": "a\u2060b\u2062c\u2064d",
    "tag characters": "fine" + "".join(chr(0xE0000 + ord(c)) for c in "obey me"),
    "bidi override": "invoice\u202efdp.exe\u202c",
    "bidi isolates and marks": "a\u2066b\u2069\u200e\u200f\u061c",
    "soft hyphen": "won\u00adder\u00adful",
    "byte order mark in the middle": "a\ufeffb",
    "Hangul fillers": "a\u3164b\uffa0",
    "variation selectors that carry bytes": "a" + "".join(chr(0xE0100 + n) for n in (1, 2, 3)) + "\ufe05",
    "joiners between Latin letters": "a\u200cb\u200dc",
    "a run of joiners": "می\u200c\u200c\u200cخواهم",
    "a joiner with nothing after it": "👩\u200d",
}
SPELLED = {
    "Persian": "می\u200cخواهم",
    "Hindi half forms": "क्\u200dष और क्\u200cष",
    "old Malayalam chillu at a word's end": "അവന്\u200d വന്നു",
    "Sinhala": "ශ්\u200dරී",
    "a family and a profession": "👨\u200d👩\u200d👧 👩🏽\u200d🚒",
    "a flag of two emoji": "🏳\ufe0f\u200d🌈 ❤\ufe0f 1\ufe0f\u20e3",
    "a variant of an ideograph": "葛\U000e0100城",
    "Mongolian": "ᠮᠠ\u180bᠭ",
    "private use: a font's symbol": "\uf0b7 item",
}
FRAGMENTS = st.sampled_from(
    [*HIDDEN.values(), *SPELLED.values(), "\u200d", "\u200c", "\ufe0f", "❤", "a", " ", "\n", "ب", "\U000e0041", "्"]
)


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN.keys())
def test_what_nobody_sees_goes_and_is_counted(text: str) -> None:
    visible, removed = strip_invisible(text)
    assert all(char.isprintable() for char in visible)
    assert removed == len(text) - len(visible) > 0


@pytest.mark.parametrize("text", SPELLED.values(), ids=SPELLED.keys())
def test_what_carries_meaning_stays(text: str) -> None:
    assert strip_invisible(text) == (text, 0)


def test_a_word_that_a_soft_hyphen_divides_at_a_line_end_is_joined() -> None:
    assert strip_invisible("the exam\u00ad\n  ple is here\u00ad\n") == ("the example is here\n", 2)


@given(st.lists(FRAGMENTS, max_size=8).map("".join))
def test_nothing_is_left_to_remove_and_nothing_visible_is_lost(text: str) -> None:
    visible, _ = strip_invisible(text)
    assert strip_invisible(visible) == (visible, 0)
    seen = [char for char in text if char.isalnum() and char not in "\u3164\uffa0"]  # fillers count as letters
    assert seen == [char for char in visible if char.isalnum()]


@given(st.lists(FRAGMENTS, max_size=8).map("".join), st.data())
def test_in_pieces_the_same_is_removed(text: str, data: st.DataObject) -> None:
    stream, shown, rest = VisibleStream(), "", text
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        shown, rest = shown + stream.push(rest[:size]), rest[size:]
    undivided = text.replace("\u00ad\n", "\u00ad\ue000\n")  # a stream does not join lines: keep them from it here too
    assert shown + stream.finish() == strip_invisible(undivided)[0].replace("\ue000", "")


def test_the_dots_of_a_table_of_contents_are_one_sign_and_an_ellipsis_stays() -> None:
    assert (
        without_leaders("1.5 Why Debian? . . . . . . . 12\n1.6 How? .......... 13")
        == "1.5 Why Debian? … 12\n1.6 How? … 13"
    )
    assert without_leaders("Wait ... and see. 1.2.3.4 is no row …") == "Wait ... and see. 1.2.3.4 is no row …"
