"""A line that introduces something is shown with it, or not at all."""

from rag.answering.introductions import Introductions


def test_a_line_with_nothing_behind_it_is_dropped_and_an_item_becomes_a_sentence() -> None:
    lines = Introductions()
    lines.hold("For example:\n", is_item=False)
    assert lines.settle() == "\n"
    lines.hold("2. **Install it:**\n", is_item=True)
    assert lines.settle() == "2. **Install it.**\n"
    assert lines.settle() == ""
