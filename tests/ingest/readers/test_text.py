"""Texts are divided at line ends, and their headings are marked."""

from pathlib import Path

import pytest

from ingest.readers.text import with_marked_headings
from rag.errors import DocumentError
from tests.support.sample_documents import read_pages, write_file


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.rst", "=====\nTitle\n=====\n\nPart\n----\ntext\n", "# Title\n\n\n## Part\n\ntext"),
        (
            "a.md",
            "Title\n=====\n\nPart\n---\n\n- a\n\n| x |\n| --- |\n",
            "# Title\n\n\n## Part\n\n\n- a\n\n| x |\n| --- |",
        ),
        ("a.org", "* Title\n** Part\ntext", "# Title\n## Part\ntext"),
        ("a.py", "def f():\n    return 1\n", "def f():\n    return 1"),
    ],
)
def test_headings_are_marked_and_lines_stay_where_they_are(tmp_path: Path, name: str, content: str, text: str) -> None:
    assert read_pages(write_file(tmp_path / name, content))[0].text == text


def test_a_long_text_is_divided_at_blank_lines_and_labelled_by_lines(tmp_path: Path) -> None:
    paragraph = "A line of text that goes on for a while.\n" * 10 + "\n"
    (tmp_path / "long.txt").write_text(paragraph * 100)
    pages = read_pages(tmp_path / "long.txt")
    lines = (tmp_path / "long.txt").read_text().split("\n")
    assert len(pages) > 2
    assert pages[0].label.startswith("lines 1–")
    for page in pages:
        first, last = map(int, page.label.removeprefix("lines ").split("–"))
        assert page.text == "\n".join(lines[first - 1 : last]).strip()


def test_an_empty_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="the file is empty"):
        read_pages(write_file(tmp_path / "a.md", "\n \n"))


def test_each_new_rule_of_a_rst_file_is_a_level_deeper() -> None:
    lines = ["One", "~~~", "", "Two", "+++", "", "Three", "~~~~~"]
    assert with_marked_headings(lines) == ["# One", "", "", "## Two", "", "", "# Three", ""]


def test_a_rule_that_underlines_nothing_stays() -> None:
    lines = ["text", "", "-----", "", "a long line of text over a short rule", "---"]
    assert with_marked_headings(lines) == lines
