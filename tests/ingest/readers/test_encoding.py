"""Text is decoded whatever its encoding, with or without a byte order mark."""

from pathlib import Path

import pytest

from ingest.readers.encoding import decode
from rag.errors import DocumentError
from tests.support.documents.sample_documents import read_pages, write_file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_other_encodings_is_read(tmp_path: Path, encoding: str) -> None:
    text = "Der Käse kostet über zehn Euro, und die Brötchen sind süß. " * 5
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    assert read_pages(tmp_path / "a.txt")[0].text == text.strip()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp1251", "euc-jp", "big5"])
def test_texts_without_a_mark_are_read_too(tmp_path: Path, encoding: str) -> None:
    texts = {
        "cp1251": "Съешь же ещё этих мягких французских булок. ",
        "euc-jp": "日本語の文章を読み取ります。",
        "big5": "這是一段中文文字。",
    }
    text = texts.get(encoding, "Plain words, and some ümlauts. ") * 20
    assert read_pages(write_file(tmp_path / "a.txt", text.encode(encoding)))[0].text == text.strip()


def test_a_declaration_counts_only_if_it_fits() -> None:
    data = "Привет, мир. Как дела?".encode("cp1251")
    assert decode(data, "windows-1251") == "Привет, мир. Как дела?"
    assert decode("süß".encode(), "ascii") == "süß"
    for declared in ("no-such-encoding", "with\0zero"):
        assert decode("Grüße aus Köln, wo die Brötchen süß sind.".encode("cp1252"), declared).startswith("Gr")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("iso-2022-jp", "会議は三時に始まります。"),
        ("iso-2022-jp-2", "会議は三時。汉字"),
        ("iso-2022-kr", "회의는 세 시에 시작합니다."),
        ("hz-gb-2312", "会议三点开始。"),
        ("utf-7", "Die Sitzung beginnt spät."),
    ],
)
def test_declared_encodings_that_look_like_ascii_are_not_taken_for_it(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), encoding) == text
    assert decode("süß".encode(), encoding) == "süß"


def test_japanese_with_escapes_is_known_by_them(tmp_path: Path) -> None:
    text = "会議は三時に始まります。"
    (page,) = read_pages(write_file(tmp_path / "a.txt", text.encode("iso-2022-jp")))
    assert page.text == text
    assert decode(text.encode("iso-2022-jp"), "us-ascii") == text
    outlook = b"\x1b$B-!-j\x1b(B \x1b(I67\x1b(B"  # a number in a circle, an abbreviation, kana of half the width
    assert decode(outlook, "iso-2022-jp") == "①㈱ ｶｷ"
    assert decode(b"\x1b$B" + b"\x7f\x01" * 50) == "\x1b$B" + "\x7f\x01" * 50


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n\t\n", "the file is blank: white space only"),
        (b"\1\2\3" * 9, "there is nothing in the file but control characters"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
def test_a_file_with_nothing_to_read_says_what_it_has(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    if name == "a.csv" and content.strip():
        reason = "every cell of the table is empty"
    with pytest.raises(DocumentError, match=f"^{reason}$"):
        read_pages(write_file(tmp_path / name, content))
