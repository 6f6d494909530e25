"""A line that introduces something is shown with it, or not at all."""

import pytest

from rag.answering.introductions import Introductions, introduces


def test_the_line_comes_with_the_first_piece_that_is_shown() -> None:
    lines = Introductions()
    assert lines.hold("Run this:\n", is_item=False) == ""
    assert lines.before("\n") == ""
    assert lines.before("make") == "Run this:\n\nmake"
    assert lines.before("more") == "more"


def test_a_line_with_nothing_behind_it_is_dropped_and_an_item_becomes_a_sentence() -> None:
    lines = Introductions()
    lines.hold("For example:\n", is_item=False)
    assert lines.settle() == "\n"
    lines.hold("2. **Install it:**\n", is_item=True)
    assert lines.settle() == "2. **Install it.**\n"
    assert lines.settle() == ""


def test_a_line_before_another_one_has_that_to_introduce() -> None:
    lines = Introductions()
    lines.hold("Do so:\n", is_item=False)
    assert lines.hold("1. Edit it:\n", is_item=True) == "Do so:\n"


@pytest.mark.parametrize(
    ("piece", "found"), [("So:\n", True), ("**So:** ", True), ("如下：", True), ("So: yes.", False)]
)
def test_a_colon_at_the_end_introduces(piece: str, *, found: bool) -> None:
    assert introduces(piece) is found
