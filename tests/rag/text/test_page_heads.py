"""Heads of printed pages."""

import pytest

from rag.text.page_heads import page_head


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("Balance Sheets\n(In thousands)\n" + "x" * 200, "Balance Sheets · (In thousands)"),
        ("Table of Contents\n12\n\nItem 5. Market\n" + "x" * 200, "Item 5. Market"),
        ("One\nTwo\nThree\nFour\nFive", "One · Two · Three · Four"),
        ("A page that begins in the middle of a long sentence " * 4, ""),
        ("", ""),
    ],
)
def test_the_first_lines_that_are_short_are_the_head(text: str, head: str) -> None:
    assert page_head(text) == head


def test_only_the_beginning_of_an_endless_page_is_looked_at() -> None:
    assert page_head("\n" * 5_000_000 + "Late") == ""
