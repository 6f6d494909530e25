"""The lists of a text are found with all of their items, whatever marks them."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rag.text.item_lists import item_depth, item_lists, list_items, without_mark


def lists(text: str) -> list[list[str]]:
    return [[text[item.start : item.end] for item in items] for items in item_lists(text)]


def test_items_reach_to_the_next_one_and_the_last_to_the_next_paragraph() -> None:
    text = "Powers:\n\n1. Decide,\n   with others.\n2. Advise.\n\nNobody else may."
    assert lists(text) == [["1. Decide,\n   with others.\n", "2. Advise."]]


def test_a_list_below_an_item_belongs_to_it() -> None:
    text = "- Pets\n  a) cats\n  b) dogs\n- Plants\n"
    assert lists(text) == [["  a) cats\n", "  b) dogs\n"], ["- Pets\n  a) cats\n  b) dogs\n", "- Plants\n"]]


def test_numbers_aligned_to_the_right_are_one_list() -> None:
    assert lists(" 9. nine\n10. ten\n11. eleven") == [[" 9. nine\n", "10. ten\n", "11. eleven"]]


def test_a_number_that_does_not_follow_a_heading_and_another_mark_begin_another_list() -> None:
    assert lists("1. a\n2. b\n1. c\n") == [["1. a\n", "2. b\n"], ["1. c\n"]]
    assert lists("- a\n# Next\n- b\n") == [["- a\n"], ["- b\n"]]
    assert lists("- a\n* b\n") == [["- a\n"], ["* b\n"]]


def test_a_deeper_paragraph_is_part_of_its_item() -> None:
    assert lists("1. a\n\n   and more\n2. b") == [["1. a\n\n   and more\n", "2. b"]]


@given(st.text(alphabet="ab.)1-2#* \n\t", max_size=80))
def test_items_of_a_list_stand_one_after_the_other(text: str) -> None:
    for items in item_lists(text):
        assert all(before.end == after.start for before, after in pairwise(items))
        assert all(0 <= item.start < item.end <= len(text) for item in items)


def test_the_depth_of_an_item_is_its_indentation() -> None:
    text = "So:\n- a\n  1. b, 2. c"
    assert [item_depth(text, text.index(mark)) for mark in ("So", "- a", "1.", "2.")] == [None, 0, 2, None]


def test_the_texts_of_items_are_their_lines_without_their_marks() -> None:
    text = "Bring:\n- a towel \n  2. water\n(3) soap\nb) a hat\n– a book\n12 months\n-5 degrees"
    assert list_items(text) == ["a towel", "water", "soap", "a hat", "a book"]
    assert [without_mark(line) for line in text.split("\n")[2:5]] == ["water", "soap", "a hat"]
    assert without_mark("12 months") == "12 months"
