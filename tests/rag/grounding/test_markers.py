"""Markers `[n]` that a model writes: distinguished from indices, and never removed from code."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.grounding.markers import strip_markers, without_markers
from rag.text.markdown_code import find_code


@pytest.mark.parametrize(
    ("written", "text", "numbers"),
    [
        ("So it is [2] [9].", "So it is.", {2}),
        ("So it is [1, 3].", "So it is.", {1, 3}),
        ("So it is.[1][2]", "So it is.", {1, 2}),
        ("It was in 1851[2].", "It was in 1851.", {2}),
        ("It costs 12.5%[1], as ever.", "It costs 12.5%, as ever.", {1}),
        ("| a[1] | fee [2] |", "| a[1] | fee |", {2}),
        ("[3] It is so.", "It is so.", {3}),
    ],
)
def test_a_marker_goes_and_counts_if_it_points_somewhere(written: str, text: str, numbers: set[int]) -> None:
    assert strip_markers(written, 3) == (text, frozenset(numbers))


@pytest.mark.parametrize("written", ["Take x[1].", "The item names[2] is the last.", "a[0], b[1]"])
def test_an_index_stays(written: str) -> None:
    assert strip_markers(written, 3) == (written, frozenset())


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("The yew is poisonous, as provided in source id 2.", "The yew is poisonous."),
        ("According to source id 2, it is old.", "It is old."),
        ("It is 20 euros (source id 2).", "It is 20 euros."),
        ("Source id 2 says that it is old.", "The source says that it is old."),
        ("Data source id 9 is no passage.", "Data source id 9 is no passage."),
    ],
)
def test_the_numbers_of_the_prompts_sources_are_markers_in_words(written: str, left: str) -> None:
    text, numbers = strip_markers(written, 3)
    assert text == left
    assert numbers == (frozenset() if text == written else frozenset({2}))


def test_what_is_in_code_stays() -> None:
    written = "Call `run(args [1])`, then stop [2]."
    assert strip_markers(written, 3, find_code(written)) == ("Call `run(args [1])`, then stop.", frozenset({2}))


@pytest.mark.parametrize("written", ["`x` [1] " * 15_000, "be[1]! " * 6000, ",(" * 6000 + "source id 1"])
def test_many_markers_are_taken_out_as_fast_as_few(written: str) -> None:
    code = find_code(written)
    started = time.thread_time()
    strip_markers(f"So {written}", 3, [each._replace(start=each.start + 3, end=each.end + 3) for each in code])
    assert time.thread_time() - started < 4


@given(st.text(alphabet="ab [1]2,.`\n"), st.integers(min_value=0, max_value=3))
def test_only_markers_are_ever_taken_out(written: str, shown: int) -> None:
    text, numbers = strip_markers(written, shown)
    assert without_markers(text).split() == without_markers(written).split()
    assert all(1 <= number <= shown for number in numbers)
