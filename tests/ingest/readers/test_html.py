"""HTML and XML are read as a browser would show them."""

from pathlib import Path

import pytest

from ingest.readers.html import decoded_html
from rag.errors import DocumentError
from tests.support.documents.sample_documents import read_pages, write_file


def test_html_is_read_as_it_is_shown(tmp_path: Path) -> None:
    page = """<!doctype html><title>T</title><style>p{}</style><script>alert(1)</script>
    <h2>Head <b>line</b></h2><p>One&nbsp;two<br>three <i>fo</i>ur</p><p hidden>no</p><div style="display:none">no</div>
    <ul><li>first<li>second</ul><pre>a
      b</pre><table><tr><th>Name<th>Age<tr><td>Ann<td>30</table><img src="http://example.invalid/x.png" alt="a cat">"""
    (shown,) = read_pages(write_file(tmp_path / "a.html", page))
    assert shown.text == (
        "## Head line\n\nOne\xa0two\nthree four\n\n- first\n- second\n\na\n      b\n\nName | Age\n"
        "Name: Ann | Age: 30\n\na cat"
    )


def test_html_in_other_encodings(tmp_path: Path) -> None:
    text = "<html><meta charset='windows-1251'><p>Привет, мир. Как дела?</p></html>"
    assert read_pages(write_file(tmp_path / "a.html", text.encode("cp1251")))[0].text == "Привет, мир. Как дела?"
    assert "Привет" in read_pages(write_file(tmp_path / "b.html", text.encode("utf-16")))[0].text


def test_deeply_nested_html_ends(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="the HTML page has no text"):  # the parser gives up on what is so deep
        read_pages(write_file(tmp_path / "a.html", "<div>" * 100_000 + "deep"))


def test_the_text_of_any_xml_is_read_element_by_element(tmp_path: Path) -> None:
    document = "<?xml version='1.0'?><a><title>Bees</title><p>A <i>bee</i> flies.</p><q><r>Honey</r></q></a>"
    assert read_pages(write_file(tmp_path / "a.xml", document))[0].text == "## Bees\n\nA bee flies.\n\nHoney"
    with pytest.raises(DocumentError, match="the XML file"):
        read_pages(write_file(tmp_path / "b.xml", "<?xml version='1.0'?>"))


def test_headings_tables_and_figures_are_places_of_the_text(tmp_path: Path) -> None:
    source = "<h1>One</h1><table><tr><th>A<th>B<tr><td>1<td>2</table><p><img alt='a cat'></p>"
    (page,) = read_pages(write_file(tmp_path / "a.html", f"<html lang=de><title>T</title>{source}"))
    shown = page.structure
    assert [page.text[one.start : one.end] for one in shown.headings] == ["# One"]
    assert [page.text[cell.start : cell.end] for cell in shown.tables[0].cells] == ["A", "B", "1", "2"]
    assert [page.text[one.start : one.end] for one in shown.figures] == ["a cat"]
    assert page.metadata == {"title": "T"}


def test_an_empty_title_of_xhtml_swallows_nothing(tmp_path: Path) -> None:
    page = "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><head><title/></head><body><p>Text</p></body></html>"
    assert read_pages(write_file(tmp_path / "a.xhtml", page))[0].text == "Text"


def test_a_charset_that_the_server_named_comes_first() -> None:
    page = "<meta charset=utf-16><p>Привет".encode("cp1251")
    assert "Привет" in decoded_html(page, "cp1251")
