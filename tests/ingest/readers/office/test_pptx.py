"""Slides come in the order they are shown, with their titles, notes and charts."""

from pathlib import Path

from tests.support.sample_documents import (
    read_pages,
    write_pptx,
)


def test_slides_come_in_the_order_they_are_shown_title_first(tmp_path: Path) -> None:
    slides = [[("body", "one"), ("title", "First")], [("", "")], [("title", "Third"), ("sldNum", "3")]]
    pages = read_pages(write_pptx(tmp_path / "a.pptx", slides))
    assert [(page.label, page.text, page.state) for page in pages] == [
        ("slide 1", "# First\n\none", "ready"),
        ("slide 2", "", "empty"),
        ("slide 3", "# Third", "ready"),
    ]
