"""Read Rich Text Format: paragraphs, headings by their outline level, tables."""

import re
from collections.abc import Iterator
from pathlib import Path

from striprtf.striprtf import rtf_to_text

from ingest.readers.blocks.assembly import section_pages
from ingest.readers.blocks.block import Block, heading, paragraph
from ingest.readers.blocks.pages import metadata_of
from ingest.readers.blocks.table_blocks import plain_rows, table_blocks
from rag.types import Page

_LEVEL, _CELL = "\x02", "\x04"
"""Marks that clean text does not contain, put before the words of RTF that striprtf would leave out."""

_OUTLINE = re.compile(r"\\outlinelevel([0-5])(?!\d)\s?")
_CELL_END = re.compile(r"\\(?:nest)?cell(?![a-z])")
_HEADING = re.compile(rf"{_LEVEL}(\d)")
_INFO = re.compile(r"\{\\info\b")
_FIELD = re.compile(r"\{\\(?:\*\\)?(title|author|company)\s([^{}]{0,2000})\}")
_DATE = re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_KEYS = {"company": "organisation"}
_MAX_INFO = 20_000


class RtfReader:
    """Read an RTF document by paragraphs."""

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  never encrypted
        """Yield one page, or parts of a long text."""
        source = path.read_bytes().decode("latin-1")  # it names the code page of its escaped bytes beyond ASCII
        yield from section_pages(_blocks(source), _metadata(source))


def _text(source: str) -> str:
    return str(rtf_to_text(source, errors="replace"))


def _blocks(source: str) -> Iterator[Block]:
    marked = _OUTLINE.sub(rf"\\outlinelevel\1 {_LEVEL}\1", source)
    marked = _CELL_END.sub(lambda match: f"{_CELL}{match[0]}", marked)
    rows: list[list[str]] = []
    for line in _text(marked).split("\n"):
        if _CELL in line:
            rows.append([_HEADING.sub("", cell) for cell in line.split(f"{_CELL}|")])
            continue
        if rows:
            yield from table_blocks(plain_rows(rows))
            rows = []
        level = _HEADING.search(line)
        text = _HEADING.sub("", line)
        if text.strip():
            yield heading(int(level[1]) + 1, text) if level else paragraph(text)
    yield from table_blocks(plain_rows(rows))


def _metadata(source: str) -> dict[str, str]:
    start = _INFO.search(source)
    if start is None:
        return {}
    info = source[start.start() : start.start() + _MAX_INFO]
    values = [(_KEYS.get(match[1], match[1]), _text(f"{{\\rtf1\\ansi {match[2]}}}")) for match in _FIELD.finditer(info)]
    date = _DATE.search(info)
    return metadata_of([*values, ("date", f"{date[1]}-{date[2]:>02}-{date[3]:>02}" if date else "")])
