"""A file's format is detected by its content, whatever its name."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from ingest.readers.detect import detect_format
from tests.support.documents.pdfs import write_pdf
from tests.support.documents.sample_documents import (
    paragraph,
    write_docx,
    write_epub,
    write_file,
    write_locked_workbook,
    write_odf,
    write_pptx,
    write_zip,
)


def write_workbook(path: Path) -> Path:
    openpyxl.Workbook().save(path)
    return path


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda path: write_pdf(path, ["Hello"]), "pdf"),
        (lambda path: write_docx(path, paragraph("Hello")), "docx"),
        (lambda path: write_pptx(path, [[("title", "Hello")]]), "pptx"),
        (write_workbook, "xlsx"),
        (lambda path: write_odf(path, "text", ""), "odf"),
        (lambda path: write_epub(path, {"a.xhtml": "x"}), "epub"),
        (lambda path: write_zip(path, {"a.txt": "x"}), "zip"),
        (lambda path: write_zip(path, {"xl/workbook.bin": "x"}), "binary"),
    ],
)
def test_documents_are_detected_by_their_content(tmp_path: Path, write: Callable[[Path], Path], expected: str) -> None:
    assert detect_format(write(tmp_path / "a.name")) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"junk before it\n%PDF-1.7", "pdf"),
        (b"PK\x03\x04 no archive", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 cut off", "binary"),
        (b"{\\rtf1 text}", "rtf"),
        (b"\xef\xbb\xbf <!DOCTYPE html><p>text", "html"),
        ("<html>ü".encode("utf-16"), "html"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"<?xml version='1.0'?><o:document xmlns:o='urn:oasis:names:tc:opendocument:xmlns:office:1.0'>", "odf"),
        (b"<?xml version='1.0'?><document about='urn:oasis:names:tc:opendocument'/>", "xml"),
        (b"From: a@b.c\nTo: d@e.f\nSubject: Lunch\n\nText", "eml"),
        (b"From: a@b.c\nThis is no mail.", ""),
        ("wide text".encode("utf-16-le"), ""),
        (b"\x7fELF\0" + b"code" * 9, "binary"),
        (b"just words", ""),
    ],
)
def test_other_content_is_distinguished(tmp_path: Path, content: bytes, expected: str) -> None:
    assert detect_format(write_file(tmp_path / "a.name", content)) == expected


def test_an_encrypted_office_file_is_locked(tmp_path: Path) -> None:
    assert detect_format(write_locked_workbook(tmp_path / "a.xlsx", "kept secret", "pw")) == "locked"


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP"])
def test_images_are_detected(tmp_path: Path, format_: str) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.name", format_)
    assert detect_format(tmp_path / "a.name") == "image"
