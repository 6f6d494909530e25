"""Short lines in large letters are headings of a scan, levelled by their size; a page all in one size has none."""

from ingest.readers.recognition.large_lines import find_headings
from rag.types import Heading

BODY = "The committee approved the budget for the year and sent its report to the members."


def page(*lines: tuple[str, float]) -> tuple[str, list[float], list[tuple[int, int]]]:
    """Return the text, heights and spans of a page's lines."""
    spans: list[tuple[int, int]] = []
    at = 0
    for text, _ in lines:
        spans.append((at, at + len(text)))
        at += len(text) + 1
    return "\n".join(text for text, _ in lines), [height for _, height in lines], spans


def test_titles_are_levelled_by_their_size_and_go_on_over_lines() -> None:
    lines = [("Annual report", 22), ("of the society", 21.5), *[(BODY, 11)] * 6, ("Finances", 15), *[(BODY, 11.4)] * 6]
    text, heights, spans = page(*lines)
    first, second = find_headings(text, heights, spans)
    assert first == Heading(1, 0, len("Annual report\nof the society"), "Annual report of the society")
    assert (second.level, second.title, text[second.start : second.end]) == (2, "Finances", "Finances")


def test_a_page_of_one_size_or_of_little_text_has_none() -> None:
    assert find_headings(*page(*[(BODY, 11), (BODY, 12.5)] * 4)) == ()
    assert find_headings(*page(("Sale", 40), ("today", 12))) == ()
    assert find_headings("", [], []) == ()
    assert find_headings(*page(*[(BODY, 0.0)] * 6, ("Notes", 11))) == ()  # nearly all of it is a table


def test_large_figures_and_long_lines_are_no_headings() -> None:
    assert find_headings(*page(("17,81,841", 20), (BODY * 3, 20), *[(BODY, 11)] * 9)) == ()
