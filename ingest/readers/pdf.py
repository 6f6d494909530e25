"""PDF: text by pdfium, which is fast and keeps reading order; pypdf is the second opinion where it finds nothing."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Lock

import pypdf
import pypdfium2
from pypdf.errors import PyPdfError

from ingest.readers.clean import clean_text
from rag.errors import DocumentError
from rag.types import Page

_PDFIUM = Lock()
"""pdfium keeps global state and must not be entered by two threads at once."""

_LINE_END_HYPHEN = "\ufffe"
"""What pdfium puts where a word was divided at a line's end; it has joined the lines already."""

_LOCKED = "the PDF is encrypted; give its password with --password"
_WRONG_PASSWORD = "the PDF is encrypted, and the password given does not open it"  # noqa: S105  a message


class PdfReader:
    """Pages of a PDF with their printed labels.

    Raises:
        DocumentError: the file is encrypted, damaged, or has no text on any page.
    """

    suffixes = frozenset({".pdf"})
    version = 1

    def read(self, path: Path, password: str | None = None) -> list[Page]:
        """All pages, those without text included, so that numbers stay those of the file."""
        with _PDFIUM:
            pages = list(_read_with_pdfium(path, password))
        if not pages:
            raise DocumentError("the PDF has no pages")
        if not any(page.text for page in pages):
            pages = _second_opinion(path, pages)
        if not any(page.text for page in pages):
            raise DocumentError(
                f"none of its {len(pages)} pages has text (scanned?); Citewell does not read images yet"
            )
        return pages


def _read_with_pdfium(path: Path, password: str | None) -> Iterator[Page]:
    try:
        document = pypdfium2.PdfDocument(path, password)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError(_LOCKED if password is None else _WRONG_PASSWORD) from error
        raise DocumentError("the PDF is damaged: it cannot be opened") from error
    try:
        for index in range(len(document)):
            text = _page_text(document, index)
            label = document.get_page_label(index).strip() or str(index + 1)
            yield Page(index + 1, label, text, "ready" if text else "empty")
    finally:
        document.close()


def _page_text(document: pypdfium2.PdfDocument, index: int) -> str:
    try:
        page = document[index]
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        return ""  # one damaged page: the others are read, and it is reported as a page without text
    try:
        return clean_text(str(text_page.get_text_range()).replace(_LINE_END_HYPHEN, ""))
    finally:
        text_page.close()
        page.close()


def _second_opinion(path: Path, pages: list[Page]) -> list[Page]:
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL)  # it warns about every oddity of a damaged file
    try:
        reader = pypdf.PdfReader(path)
        texts = [clean_text(page.extract_text() or "") for page in reader.pages]
        return [
            replace(page, text=text, state="ready" if text else "empty")
            for page, text in zip(pages, texts, strict=False)
        ]
    except (PyPdfError, OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return pages  # no second opinion: the first stands
    finally:
        logger.setLevel(level)
