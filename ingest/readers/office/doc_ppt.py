"""Read Word and PowerPoint files from before 2007 (DOC, PPT): the text of their binary streams, without the layout.

Microsoft publishes the formats as [MS-DOC] and [MS-PPT]; only the parts that lead to the text are implemented.
"""

import re
import struct
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import olefile

from ingest.readers.blocks.assembly import section_pages, unit_pages
from ingest.readers.blocks.block import Block, heading, paragraph
from ingest.readers.blocks.table_blocks import plain_rows, table_blocks
from ingest.readers.office.properties import ole_metadata
from rag.errors import DocumentError
from rag.types import Page

_ENCRYPTED = 0x0100
_WHICH_TABLE = 0x0200
_FIELD_CODE = re.compile("\x13[^\x13\x14\x15]*\x14?|\x15")
_CONTROL_CHARACTERS = {0x07: "\n", 0x0B: "\n", 0x0C: "\n\n", 0x0D: "\n", 0x1E: "-", 0x1F: "", 0xA0: " "}

_PPT_SLIDE_LIST, _PPT_TEXT, _PPT_BYTES, _PPT_PERSIST = 0x0FF0, 0x0FA0, 0x0FA8, 0x03F3
_PPT_SLIDE, _PPT_NOTES = 0x03EE, 0x03F0
_PPT_TEXT_KIND = 0x0F9F
_PPT_TITLES = (b"\0\0\0\0", b"\6\0\0\0")
"""The kinds of text that are titles: of a slide, and in the middle of the first one."""

_MAX_RECORDS = 500_000
_MAX_DEPTH = 32


class DocReader:
    """Read the text of an old Word document."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  decrypted before
        """Yield one page, or parts of a long text."""
        with path.open("rb") as stream, olefile.OleFileIO(stream) as ole:
            text = _doc_text(ole)
            metadata = ole_metadata(ole)
        yield from section_pages(_doc_blocks(text), metadata)


class PptReader:
    """Read the text of an old presentation."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  decrypted before
        """Yield a page per slide."""
        with path.open("rb") as stream, olefile.OleFileIO(stream) as ole:
            if ole.exists("EncryptedSummary"):
                raise DocumentError("the old presentation is encrypted; save it without a password and try again")
            data = ole.openstream("PowerPoint Document").read()
            metadata = ole_metadata(ole)
        slides = enumerate(_slides(data), start=1)
        yield from unit_pages(((f"slide {number}", slide) for number, slide in slides), metadata)


def _doc_text(ole: olefile.OleFileIO) -> str:
    main = ole.openstream("WordDocument").read()
    (flags,) = struct.unpack_from("<H", main, 0x0A)
    if flags & _ENCRYPTED:
        raise DocumentError("the old Word document is encrypted; save it without a password and try again")
    name = "1Table" if flags & _WHICH_TABLE else "0Table"
    if not ole.exists(name):
        raise DocumentError("the old Word document is of a version before 97, which is not read; save it as DOCX")
    start, size = struct.unpack_from("<II", main, 0x01A2)
    pieces = ole.openstream(name).read()[start : start + size]
    while pieces[:1] == b"\x01":  # formatting before the table of pieces
        (length,) = struct.unpack_from("<H", pieces, 1)
        pieces = pieces[3 + length :]
    if pieces[:1] != b"\x02":
        raise DocumentError("the old Word document is damaged: its text cannot be found")
    (length,) = struct.unpack_from("<I", pieces, 1)
    return "".join(
        _piece(main, pieces[5 : 5 + length], number) for number in range((min(length, len(pieces)) - 4) // 12)
    )


def _piece(main: bytes, pieces: bytes, number: int) -> str:
    """Return one piece of the text: two bytes per character, or one in the Western code page."""
    count = (len(pieces) - 4) // 12
    begin, end = struct.unpack_from("<II", pieces, 4 * number)
    (place,) = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * number + 2)
    length = max(0, end - begin)
    if place & 0x40000000:
        at = (place & 0x3FFFFFFF) // 2
        return main[at : at + length].decode("cp1252", "replace")
    return main[place : place + 2 * length].decode("utf-16-le", "replace")


def _doc_blocks(text: str) -> Iterator[Block]:
    """Yield paragraphs and tables. A mark ends each cell of a table, another one its row."""
    text = _FIELD_CODE.sub("", text)
    for line in text.split("\r"):
        if "\x07" in line:
            rows = [row.split("\x07") for row in line.split("\x07\x07")]
            filled = [[cell for cell in row if cell.strip()] for row in rows]
            yield from table_blocks(plain_rows(row for row in filled if row))
        elif shown := line.translate(_CONTROL_CHARACTERS).strip():
            yield paragraph(shown)


def _slides(data: bytes) -> list[list[Block]]:
    """Return the texts of each slide: its part of the document's outline, and what the slide itself adds."""
    outline: list[list[Block]] = []
    drawn: list[list[Block]] = []
    notes: list[Block] = []
    is_title = False
    for path, kind, body in _records(data, 0, len(data), (), [_MAX_RECORDS]):
        if kind == _PPT_PERSIST and path[-1:] == (_PPT_SLIDE_LIST,):
            outline.append([])
        elif kind == _PPT_SLIDE:
            drawn.append([])
        elif kind == _PPT_TEXT_KIND:
            is_title = body[:4] in _PPT_TITLES
        elif kind in (_PPT_TEXT, _PPT_BYTES):
            text = body.decode("utf-16-le" if kind == _PPT_TEXT else "latin-1", "replace")
            text = text.replace("\r", "\n").replace("\v", "\n").strip()
            place = outline if _PPT_SLIDE_LIST in path else drawn if _PPT_SLIDE in path else None
            if text and _PPT_NOTES in path:
                notes.append(paragraph(f"Notes: {text}"))
            elif text and place:
                place[-1].append(heading(1, text) if is_title else paragraph(text))
            is_title = False
    slides = [[*texts, *more] for texts, more in zip_longest(outline, drawn, fillvalue=())]
    return slides if not notes else [*slides, notes]


def _records(
    data: bytes, start: int, end: int, path: tuple[int, ...], left: list[int]
) -> Iterator[tuple[tuple[int, ...], int, bytes]]:
    """Yield records in order, each after the kinds of those around it; `left` counts down to the limit of records."""
    while start + 8 <= end and left[0] > 0:
        left[0] -= 1
        version, kind, length = struct.unpack_from("<HHI", data, start)
        start += 8
        stop = min(start + length, end)
        is_container = version & 0x0F == 0x0F
        yield path, kind, b"" if is_container else data[start:stop]
        if is_container and len(path) < _MAX_DEPTH:
            yield from _records(data, start, stop, (*path, kind), left)
        start = stop
