"""HTML and XML are read as a browser would show them."""

from pathlib import Path

import pytest

from rag.errors import DocumentError
from tests.support.sample_documents import read_pages, write_file


def test_html_is_read_as_it_is_shown(tmp_path: Path) -> None:
    page = """<!doctype html><title>T</title><style>p{}</style><script>alert(1)</script>
    <h2>Head <b>line</b></h2><p>One&nbsp;two<br>three <i>fo</i>ur</p><p hidden>no</p><div style="display:none">no</div>
    <ul><li>first<li>second</ul><pre>a
      b</pre><table><tr><th>Name<th>Age<tr><td>Ann<td>30</table><img src="http://example.invalid/x.png" alt="a cat">"""
    (shown,) = read_pages(write_file(tmp_path / "a.html", page))
    assert shown.text == (
        "## Head line\n\nOne\xa0two\nthree four\n\n- first\n\n- second\n\na\n      b\n\nName | Age\n"
        "Name: Ann | Age: 30\n\na cat"
    )


def test_html_in_other_encodings(tmp_path: Path) -> None:
    text = "<html><meta charset='windows-1251'><p>Привет, мир. Как дела?</p></html>"
    assert read_pages(write_file(tmp_path / "a.html", text.encode("cp1251")))[0].text == "Привет, мир. Как дела?"
    assert "Привет" in read_pages(write_file(tmp_path / "b.html", text.encode("utf-16")))[0].text


def test_deeply_nested_html_ends(tmp_path: Path) -> None:
    assert read_pages(write_file(tmp_path / "a.html", "<div>" * 100_000 + "deep"))[0].state in ("ready", "empty")


def test_a_table_in_a_table_is_read_within_its_cell(tmp_path: Path) -> None:
    page = "<table><tr><td>a<td><table><tr><td>b<td>c</table></table>"
    assert "b | c" in read_pages(write_file(tmp_path / "a.html", page))[0].text


def test_the_text_of_any_xml_is_read_element_by_element(tmp_path: Path) -> None:
    document = "<?xml version='1.0'?><a><title>Bees</title><p>A <i>bee</i> flies.</p><q><r>Honey</r></q></a>"
    assert read_pages(write_file(tmp_path / "a.xml", document))[0].text == "## Bees\n\nA bee flies.\n\nHoney"
    with pytest.raises(DocumentError, match="the XML file"):
        read_pages(write_file(tmp_path / "b.xml", "<?xml version='1.0'?>"))
