"""Real files of formats that no library here can write are read."""

import pytest

from ingest.readers.registry import reader_for
from rag.types import Page
from tests.support.paths import SHARED_DOCUMENTS

SAMPLES = SHARED_DOCUMENTS / "unstructured"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared sample documents are not here")


def read(name: str) -> list[Page]:
    return list(reader_for(SAMPLES / name, name).read(SAMPLES / name))


@pytest.mark.parametrize(
    ("old", "new"), [("fake.doc", "fake.docx"), ("simple.doc", "simple.docx"), ("simple.odt", "simple.docx")]
)
def test_old_and_new_formats_of_one_text_agree(old: str, new: str) -> None:
    first, second = (" ".join(page.text for page in read(name)).replace("#", "").split() for name in (old, new))
    shared = len(set(first) & set(second))
    assert shared >= 0.9 * len(set(second))


def test_an_old_presentation_has_the_text_of_the_new_one() -> None:
    words = {word for page in read("fake-power-point.pptx") for word in page.text.split() if word.isalpha()}
    old = {word for page in read("fake-power-point.ppt") for word in page.text.split()}
    assert len(words & old) >= 0.9 * len(words)


def test_an_old_workbook_has_its_sheets() -> None:
    pages = read("tests-example.xls")
    assert all(page.label.startswith("sheet “") for page in pages)
    assert any(" | " in page.text for page in pages)


def test_an_outlook_message_has_its_headers_and_attachments() -> None:
    (page,) = read("fake-email-attachment.msg")
    assert page.label.startswith("message “")
    assert "From: " in page.text
    assert "Attached, not read: fake-attachment.txt" in page.text


def test_texts_in_five_encodings_are_one_text() -> None:
    names = [f"fake-text{suffix}.txt" for suffix in ("", "-utf-16", "-utf-16-le", "-utf-16-be", "-utf-32")]
    assert len({" ".join(read(name)[0].text.split()) for name in names}) == 1


def test_a_book_has_its_chapters() -> None:
    pages = read("winter-sports.epub")
    assert len(pages) > 3
    assert all(page.label.startswith("chapter") for page in pages)


def test_a_page_printed_sideways_is_read() -> None:
    (page, *_) = read("rotated-page-90.pdf")
    assert "Second line of text here" in page.text
