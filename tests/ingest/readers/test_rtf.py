"""RTF documents are read in their code page."""

from pathlib import Path

from ingest.readers.rtf import rtf_text
from tests.support.sample_documents import read_pages, write_file


def test_rtf_is_read_in_its_code_page(tmp_path: Path) -> None:
    assert (
        read_pages(write_file(tmp_path / "a.rtf", rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\par two}"))[0].text
        == "При\n\ntwo"
    )


def test_formatting_is_left_out_and_paragraphs_are_kept() -> None:
    assert rtf_text(rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 One {\b bold} word.\par Two.}") == "One bold word.\nTwo."
