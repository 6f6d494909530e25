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
    assert decode("Grüße aus Köln, wo die Brötchen süß sind.".encode("cp1252"), "no-such-encoding").startswith("Gr")


def test_binary_data_is_refused() -> None:
    with pytest.raises(DocumentError, match="not text in any encoding"):
        decode(bytes(range(256)) * 20)
