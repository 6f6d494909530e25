"""Reading files: pages with their numbers, and a plain reason for every file that cannot be read."""

from pathlib import Path

import pytest

from ingest.readers.pages import clean_text, without_invisible
from ingest.readers.pdf.reader import PdfReader
from ingest.readers.registry import reader_for
from rag.errors import DocumentError, LockedError
from rag.types import Page
from tests.support.paths import SAMPLES
from tests.support.pdfs import write_pdf


def read(path: Path) -> list[Page]:
    return list(reader_for(path, path.name).read(path))


def test_the_sample_pdf_has_its_pages_printed_labels_and_joined_hyphens() -> None:
    pages = read(SAMPLES / "debian-faq.pdf")
    assert [page.number for page in pages] == list(range(1, 77))
    assert [pages[i].label for i in (0, 10)] == ["i", "3"]
    assert "The project name is pronounced Deb’-ee-en" in pages[10].text
    assert "communicate regularly and cooperate on" in pages[10].text.replace("\n", " ")


def test_pages_without_text_keep_their_numbers(tmp_path: Path) -> None:
    pages = read(write_pdf(tmp_path / "a.pdf", ["First page", "", "Third page"]))
    assert [(page.number, page.text) for page in pages] == [(1, "First page"), (2, ""), (3, "Third page")]
    assert [page.state for page in pages] == ["ready", "empty", "ready"]


def test_a_pdf_is_known_by_its_content(tmp_path: Path) -> None:
    assert read(write_pdf(tmp_path / "misnamed.txt", ["Hello"]))[0].text == "Hello"


def test_unreadable_pdfs_say_why(tmp_path: Path) -> None:
    locked = write_pdf(tmp_path / "locked.pdf", ["Secret"], password="pw")
    with pytest.raises(LockedError, match="encrypted; give its password"):
        read(locked)
    with pytest.raises(LockedError, match="the password given does not open it"):
        list(PdfReader().read(locked, "other"))
    assert [page.text for page in PdfReader().read(locked, "pw")] == ["Secret"]
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nthis is not a pdf")
    with pytest.raises(DocumentError, match="damaged"):
        read(tmp_path / "broken.pdf")
    with pytest.raises(DocumentError, match="none of its 2 pages has text"):
        read(write_pdf(tmp_path / "scan.pdf", ["", ""]))


def test_a_truncated_pdf_is_read_as_far_as_it_goes_or_refused(tmp_path: Path) -> None:
    whole = (SAMPLES / "debian-faq.pdf").read_bytes()
    for share in (0.2, 0.5, 0.9):
        (tmp_path / "cut.pdf").write_bytes(whole[: int(len(whole) * share)])
        try:
            pages = read(tmp_path / "cut.pdf")
        except DocumentError:
            continue
        assert any(page.text for page in pages)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_other_encodings_is_read(tmp_path: Path, encoding: str) -> None:
    text = "Der Käse kostet über zehn Euro, und die Brötchen sind süß. " * 5
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    assert read(tmp_path / "a.txt")[0].text == text.strip()


def test_a_long_text_is_divided_at_blank_lines_and_labelled_by_lines(tmp_path: Path) -> None:
    paragraph = "A line of text that goes on for a while.\n" * 10 + "\n"
    (tmp_path / "long.txt").write_text(paragraph * 100)
    pages = read(tmp_path / "long.txt")
    lines = (tmp_path / "long.txt").read_text().split("\n")
    assert len(pages) > 2
    assert pages[0].label.startswith("lines 1–")
    for page in pages:
        first, last = map(int, page.label.removeprefix("lines ").split("–"))
        assert page.text == "\n".join(lines[first - 1 : last]).strip()


def test_an_empty_text_and_an_unknown_kind_are_refused(tmp_path: Path) -> None:
    (tmp_path / "blank.txt").write_text(" \n\n")
    with pytest.raises(DocumentError, match="empty"):
        read(tmp_path / "blank.txt")
    (tmp_path / "a.xyz").write_bytes(b"\x7fELF\x00\x01")
    with pytest.raises(DocumentError, match=r"\(\.xyz\) are not read"):
        read(tmp_path / "a.xyz")
    (tmp_path / "a.json").write_bytes(b"\x7fELF\x00\x01")
    with pytest.raises(DocumentError, match=r"no text, though it is named \.json"):
        read(tmp_path / "a.json")


def test_a_byte_order_mark_is_no_hidden_character_and_one_in_the_middle_is() -> None:
    assert clean_text("\ufeffa\ufeffb") == "a\ufeffb"
    ((page,), removed) = without_invisible([Page(number=1, label="1", text="a\ufeffb", head="c\ufeffd")])
    assert (page.text, page.head, removed) == ("ab", "cd", 1)


def test_cleaning_leaves_nothing_that_later_stages_stumble_over() -> None:
    assert clean_text("\ufeff a\x00b\r\nc\x85d \t\n\ud800e\u2028f  ") == "ab\nc\nd\ne\nf"
