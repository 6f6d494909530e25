"""The text of old Word and PowerPoint files is found in their binary streams."""

import io
import struct
from typing import Any

import pytest

from ingest.readers.office.doc_ppt import _doc_blocks, _doc_text, _slides
from rag.errors import DocumentError

TEXT_KIND = 0x0F9F
SLIDE_LIST, PERSIST, TEXT, BYTES, SLIDE, NOTES = 0x0FF0, 0x03F3, 0x0FA0, 0x0FA8, 0x03EE, 0x03F0


class Streams(dict[str, bytes]):
    """The streams of a compound file, as olefile gives them."""

    exists = dict.__contains__

    def openstream(self, name: str) -> io.BytesIO:
        return io.BytesIO(self[name])


def document(*, flags: int = 0, table: str = "0Table") -> Any:
    """A Word document of two pieces: one in the Western code page, one in UTF-16."""
    western, wide = "Café.\r".encode("cp1252"), "日本\r".encode("utf-16-le")
    main = bytearray(0x200)
    struct.pack_into("<H", main, 0x0A, flags)
    at = len(main)
    ends = struct.pack("<3I", 0, 6, 9)
    places = struct.pack("<HIH", 0, 0x40000000 | 2 * at, 0) + struct.pack("<HIH", 0, at + len(western), 0)
    formatting = b"\x01" + struct.pack("<H", 3) + b"xyz"
    pieces = formatting + b"\x02" + struct.pack("<I", len(ends + places)) + ends + places
    struct.pack_into("<II", main, 0x01A2, 0, len(pieces))
    return Streams({"WordDocument": bytes(main) + western + wide, table: pieces})


def record(kind: int, body: bytes = b"", *, is_container: bool = False) -> bytes:
    return struct.pack("<HHI", 0x0F if is_container else 0, kind, len(body)) + body


def test_the_pieces_of_a_word_document_are_joined() -> None:
    assert _doc_text(document()) == "Café.\r日本\r"
    assert _doc_text(document(flags=0x0200, table="1Table")) == "Café.\r日本\r"


@pytest.mark.parametrize(
    ("streams", "reason"),
    [
        (document(flags=0x0100), "encrypted"),
        (document(table="1Table"), "version before 97"),
        (Streams({**document(), "0Table": b"\x03" * 100}), "its text cannot be found"),
    ],
)
def test_a_word_document_that_cannot_be_read_says_why(streams: Any, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        _doc_text(streams)


def test_fields_and_marks_of_a_word_document_become_text_and_tables() -> None:
    text = "Page \x13PAGE\x147\x15.\rNon\x1ebreaking.\rPen\x07blue\x07\x07Ink\x07black\x07\x07\r"
    assert [block.text for block in _doc_blocks(text)] == ["Page 7.", "Non-breaking.", "Pen | blue\nInk | black"]


def test_slides_have_their_outline_their_own_text_and_notes() -> None:
    outline = (
        record(PERSIST)
        + record(TEXT_KIND, bytes(4))
        + record(TEXT, "Title".encode("utf-16-le"))
        + record(PERSIST)
        + record(BYTES, b"Second")
    )
    data = (
        record(SLIDE_LIST, outline, is_container=True)
        + record(SLIDE, record(BYTES, b"drawn\x0bon it"), is_container=True)
        + record(SLIDE, record(NOTES, record(BYTES, b"remember"), is_container=True), is_container=True)
    )
    shown = [[block.text for block in slide] for slide in _slides(data)]
    assert shown == [["# Title", "drawn\non it"], ["Second"], ["Notes: remember"]]
