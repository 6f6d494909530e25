"""Texts are divided at line ends, and their headings are marked."""

from pathlib import Path

import pytest

from tests.support.documents.sample_documents import read_pages, write_file


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


def test_the_first_line_of_a_page_is_the_first_line_of_its_label(tmp_path: Path) -> None:
    block = ("A line of text that goes on for a while.\n" * 10 + "\n\n\n") * 100
    (tmp_path / "a.txt").write_text("\n\n" + block)
    lines = (tmp_path / "a.txt").read_text().split("\n")
    for page in read_pages(tmp_path / "a.txt"):
        first = int(page.label.removeprefix("lines ").partition("–")[0])
        assert page.text.split("\n") == lines[first - 1 : first - 1 + page.text.count("\n") + 1]
    (page,) = read_pages(write_file(tmp_path / "b.txt", "\n\nShort.\n"))
    assert (page.label, page.text) == ("lines 3–4", "Short.")


def test_other_separators_make_no_lines(tmp_path: Path) -> None:
    (page,) = read_pages(write_file(tmp_path / "a.txt", "a\u2028b\vc\x85d\r\ne\rf"))
    assert page.text == "a b c d\ne\nf"


@pytest.mark.parametrize(
    ("name", "content", "titles"),
    [
        ("a.md", "# One\n\n```\n# no\n```\n\nTwo\n---\n", ["One", "Two"]),
        ("a.rst", "One\n===\n\ntext\n", ["One"]),
        ("a.org", "* One\ntext\n", ["One"]),
        ("a.adoc", "= One\n\n== Two\n", ["One", "Two"]),
        ("a.txt", "TERMS OF USE\n\nSome text,\nwrapped.\n", ["TERMS OF USE"]),
        ("a.py", "# no heading\n\nx = 1\n", []),
    ],
)
def test_headings_are_places_of_the_text(tmp_path: Path, name: str, content: str, titles: list[str]) -> None:
    (page,) = read_pages(write_file(tmp_path / name, content))
    assert [one.title for one in page.structure.headings] == titles
    assert all(one.title in page.text[one.start : one.end] for one in page.structure.headings)


def test_a_table_goes_on_on_the_next_page(tmp_path: Path) -> None:
    rows = "".join(f"| Person {at} | Town {at} |\n" for at in range(2000))
    pages = read_pages(write_file(tmp_path / "a.md", f"| Name | Town |\n|---|---|\n{rows}"))
    assert len(pages) > 2
    assert [table.continues for page in pages for table in page.structure.tables] == [False] + [True] * (len(pages) - 1)
    assert pages[1].text.startswith("Name: Person")
    texts = [
        page.text[cell.start : cell.end] for page in pages for table in page.structure.tables for cell in table.cells
    ]
    assert texts == ["Name", "Town", *(f"{kind} {at}" for at in range(2000) for kind in ("Person", "Town"))]


def test_front_matter_is_metadata(tmp_path: Path) -> None:
    (page,) = read_pages(write_file(tmp_path / "a.md", "---\ntitle: Fees\nlang: de\n---\n\n# One\n"))
    assert page.metadata == {"title": "Fees"}
