"""Divided words are joined, paragraphs separated, and characters mapped back to the page."""

from pathlib import Path

from tests.support.pdfs import Words, read_pdf, write_words


def test_divided_words_are_joined_and_hyphens_that_belong_stay(tmp_path: Path) -> None:
    lines = ["The committee met to consid-", "er a well-known and a well-", "known matter, the Smith-", "Jones affair."]
    path = write_words(tmp_path / "a.pdf", [[Words(60, 700 - 12 * at, line) for at, line in enumerate(lines)]])
    text = " ".join(read_pdf(path)[0].text.split())
    assert text == "The committee met to consider a well-known and a well-known matter, the Smith-Jones affair."


def test_a_paragraph_is_set_apart(tmp_path: Path) -> None:
    heights = [700, 688, 676, 650, 638, 626]
    path = write_words(tmp_path / "a.pdf", [[Words(60, y, f"line at {y}") for y in heights]])
    assert read_pdf(path)[0].text == "line at 700\nline at 688\nline at 676\n\nline at 650\nline at 638\nline at 626"
