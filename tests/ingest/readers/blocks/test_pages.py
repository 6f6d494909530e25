"""The text of pages is cleaned, and places are labelled."""

from ingest.readers.blocks.pages import clean_text, unit_label, without_invisible
from rag.types import Page


def test_a_byte_order_mark_is_no_hidden_character_and_one_in_the_middle_is() -> None:
    assert clean_text("\ufeffa\ufeffb") == "a\ufeffb"
    ((page,), removed) = without_invisible([Page(number=1, label="1", text="a\ufeffb", head="c\ufeffd")])
    assert (page.text, page.head, removed) == ("ab", "cd", 1)


def test_cleaning_leaves_nothing_that_later_stages_stumble_over() -> None:
    assert clean_text("\ufeff a\x00b\r\nc\x85d \t\n\ud800e\u2028f  ") == "ab\nc\nd\ne\nf"


def test_a_label_is_short_and_names_the_unit() -> None:
    assert unit_label("sheet", " Q1\n ") == "sheet “Q1”"
    assert unit_label("message", "") == "message"
    assert len(unit_label("section", "long " * 50)) <= len("section “”") + 60
