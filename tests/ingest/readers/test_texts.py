"""HTML, XML, messages, RTF, tables as text, marked-up and mislabelled texts."""

from pathlib import Path

import pytest

from ingest.readers.registry import reader_for
from rag.errors import DocumentError
from rag.types import Page
from tests.support.pdfs import write_pdf


def read(path: Path) -> list[Page]:
    return list(reader_for(path, path.name).read(path))


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_html_is_read_as_it_is_shown(tmp_path: Path) -> None:
    page = """<!doctype html><title>T</title><style>p{}</style><script>alert(1)</script>
    <h2>Head <b>line</b></h2><p>One&nbsp;two<br>three <i>fo</i>ur</p><p hidden>no</p><div style="display:none">no</div>
    <ul><li>first<li>second</ul><pre>a
      b</pre><table><tr><th>Name<th>Age<tr><td>Ann<td>30</table><img src="http://example.invalid/x.png" alt="a cat">"""
    (shown,) = read(written(tmp_path / "a.html", page))
    assert shown.text == (
        "## Head line\n\nOne\xa0two\nthree four\n\n- first\n\n- second\n\na\n      b\n\nName | Age\n"
        "Name: Ann | Age: 30\n\na cat"
    )


def test_html_in_other_encodings(tmp_path: Path) -> None:
    text = "<html><meta charset='windows-1251'><p>Привет, мир. Как дела?</p></html>"
    assert read(written(tmp_path / "a.html", text.encode("cp1251")))[0].text == "Привет, мир. Как дела?"
    assert "Привет" in read(written(tmp_path / "b.html", text.encode("utf-16")))[0].text


def test_deeply_nested_html_ends(tmp_path: Path) -> None:
    assert read(written(tmp_path / "a.html", "<div>" * 100_000 + "deep"))[0].state in ("ready", "empty")


def test_a_message_with_its_headers_forwarded_message_and_attachments(tmp_path: Path) -> None:
    mail = b"""From: =?utf-8?q?J=C3=BCrgen?= <j@example.org>
To: all@example.org
Subject: Lunch
Date: Mon, 1 Jan 2024 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=B

--B
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Caf=E9 at noon.

--B
Content-Type: application/pdf
Content-Disposition: attachment; filename="menu.pdf"

%PDF
--B
Content-Type: message/rfc822

Subject: Earlier
From: k@example.org

The older text.
--B--
"""
    first, second = read(written(tmp_path / "a.eml", mail))
    assert first.label == "message “Lunch”"
    assert "From: Jürgen <j@example.org>" in first.text
    assert "Café at noon." in first.text
    assert "Attached, not read: menu.pdf" in first.text
    assert (second.label, "The older text." in second.text) == ("message “Earlier”", True)


def test_rows_of_a_csv_keep_their_heads_and_their_numbers(tmp_path: Path) -> None:
    (page,) = read(written(tmp_path / "a.csv", 'Name;Town\n"Ann; B";Rome\n'))
    assert page.text == "Name | Town\nName: Ann; B | Town: Rome"
    pages = read(written(tmp_path / "b.tsv", "Name\tTown\n" + "".join(f"P{at}\tT{at}\n" for at in range(3000))))
    assert pages[0].label.startswith("rows 1–")
    assert pages[1].text.startswith("Name: ")
    numbers = [tuple(map(int, page.label.removeprefix("rows ").split("–"))) for page in pages]
    assert [first for first, _ in numbers[1:]] == [last + 1 for _, last in numbers[:-1]]
    assert numbers[-1][1] == 3001


def test_rtf_is_read_in_its_code_page(tmp_path: Path) -> None:
    assert read(written(tmp_path / "a.rtf", rb"{\rtf1\ansi\ansicpg1251 \'cf\'f0\'e8\par two}"))[0].text == "При\n\ntwo"


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.rst", "=====\nTitle\n=====\n\nPart\n----\ntext\n", "# Title\n\n\n## Part\n\ntext"),
        (
            "a.md",
            "Title\n=====\n\nPart\n---\n\n- a\n\n| x |\n| --- |\n",
            "# Title\n\n\n## Part\n\n\n- a\n\n| x |\n| --- |",
        ),
        ("a.org", "* Title\n** Part\ntext", "# Title\n## Part\ntext"),
        ("a.py", "def f():\n    return 1\n", "def f():\n    return 1"),
    ],
)
def test_headings_are_marked_and_lines_stay_where_they_are(tmp_path: Path, name: str, content: str, text: str) -> None:
    assert read(written(tmp_path / name, content))[0].text == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp1251", "euc-jp", "big5"])
def test_texts_without_a_mark_are_read_too(tmp_path: Path, encoding: str) -> None:
    texts = {
        "cp1251": "Съешь же ещё этих мягких французских булок. ",
        "euc-jp": "日本語の文章を読み取ります。",
        "big5": "這是一段中文文字。",
    }
    text = texts.get(encoding, "Plain words, and some ümlauts. ") * 20
    assert read(written(tmp_path / "a.txt", text.encode(encoding)))[0].text == text.strip()


def test_mislabelled_files_are_read_as_what_they_are_and_say_so(tmp_path: Path) -> None:
    (page,) = read(write_pdf(tmp_path / "a.docx", ["Hello"]))
    assert (page.text, page.note) == ("Hello", "it is named .docx, and is read as what it is: PDF")
    (page,) = read(written(tmp_path / "b.pdf", "<html><p>Hi</p></html>"))
    assert (page.text, "HTML page" in page.note) == ("Hi", True)
    (page,) = read(written(tmp_path / "c.unknown", "just words"))
    assert (page.text, page.note) == ("just words", "")
    with pytest.raises(DocumentError, match="not what its name says"):
        read(written(tmp_path / "d.xlsx", b"\x00\x01\x02\x03" * 100))


def test_archives_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="archive"):
        read(written(tmp_path / "a.zip", b"PK\x05\x06" + bytes(18)))
