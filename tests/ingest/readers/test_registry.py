"""The reader of a file is chosen by its content, and every file that cannot be read says why."""

import zipfile
from pathlib import Path

import pytest

from rag.errors import DocumentError
from tests.support.documents.pdfs import write_pdf
from tests.support.documents.sample_documents import read_pages, write_docx, write_file


def test_what_is_no_text_is_refused_by_its_ending(tmp_path: Path) -> None:
    (tmp_path / "a.xyz").write_bytes(b"\x7fELF\x00\x01")
    with pytest.raises(DocumentError, match=r"\(\.xyz\) are not read"):
        read_pages(tmp_path / "a.xyz")
    (tmp_path / "a.json").write_bytes(b"\x7fELF\x00\x01")
    with pytest.raises(DocumentError, match=r"no text, though it is named \.json"):
        read_pages(tmp_path / "a.json")


def test_mislabelled_files_are_read_as_what_they_are_and_say_so(tmp_path: Path) -> None:
    (page,) = read_pages(write_pdf(tmp_path / "a.docx", ["Hello"]))
    assert (page.text, page.note) == ("Hello", "it is named .docx, and is read as what it is: PDF")
    (page,) = read_pages(write_file(tmp_path / "b.pdf", "<html><p>Hi</p></html>"))
    assert (page.text, "HTML page" in page.note) == ("Hi", True)
    (page,) = read_pages(write_file(tmp_path / "c.unknown", "just words"))
    assert (page.text, page.note) == ("just words", "")
    with pytest.raises(DocumentError, match="not what its name says"):
        read_pages(write_file(tmp_path / "d.xlsx", b"\x00\x01\x02\x03" * 100))


def test_archives_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="archive"):
        read_pages(write_file(tmp_path / "a.zip", b"PK\x05\x06" + bytes(18)))


def test_a_file_whose_first_part_is_damaged_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.odt"
    kind = "application/vnd.oasis.opendocument.text"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind)
    data = bytearray(path.read_bytes())
    data[30 + len("mimetype")] = 0xFF  # no block of compressed data begins so
    path.write_bytes(data)
    with pytest.raises(DocumentError, match="damaged: it is not what its name says"):
        read_pages(path)


def test_a_file_of_an_unknown_ending_is_read_if_it_is_text_and_refused_if_not(tmp_path: Path) -> None:
    assert read_pages(write_file(tmp_path / "a.xyz", "The fee is 20 euros."))[0].text == "The fee is 20 euros."
    for content in (b"\0asm\1\0\0\0", bytes(range(256)) * 20, bytes(range(128, 256)) * 20):
        with pytest.raises(DocumentError, match=r"files of this kind \(\.xyz\) are not read|not text in any encoding"):
            read_pages(write_file(tmp_path / "b.xyz", content))


def with_pictures(path: Path, number: int) -> Path:
    write_docx(path, "")
    with zipfile.ZipFile(path, "a") as archive:
        for place in range(number):
            archive.writestr(f"word/media/image{place}.png", b"\x89PNG")
    return path


def test_a_document_of_pictures_says_so_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"^the Word document has no text, only a picture, .* save it as PDF"):
        read_pages(with_pictures(tmp_path / "one.docx", 1))
    with pytest.raises(DocumentError, match="only 2 pictures,"):
        read_pages(with_pictures(tmp_path / "two.docx", 2))


def test_a_page_that_scripts_would_make_says_so(tmp_path: Path) -> None:
    page = write_file(tmp_path / "a.html", "<html><body><script>write()</script></body></html>")
    with pytest.raises(
        DocumentError, match=r"^the HTML page has no text: scripts would make it, and these are not run$"
    ):
        read_pages(page)


def test_nothing_is_added_where_nothing_more_is_known(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"^the Word document has no text$"):
        read_pages(write_docx(tmp_path / "a.docx", ""))
