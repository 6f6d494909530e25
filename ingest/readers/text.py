"""Read plain text, Markdown, reStructuredText, Org, AsciiDoc and source code.

They have no pages: a long file is divided at line ends and labelled by its lines. Every line of a page is a line of the
file, so a place in the text has a line number.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ingest.formats import CODE, LIGHT_MARKUP, MARKDOWN
from ingest.readers.blocks.pages import PART_CHARACTERS, clean_text, cut
from ingest.readers.encoding import decode, nothing_in
from ingest.readers.light_markup import mark_headings
from ingest.readers.markdown_structure import front_matter, mark_markdown
from ingest.readers.marked_lines import MarkedLines, line_starts
from ingest.readers.text_headings import text_headings
from rag.errors import DocumentError
from rag.types import Page

_NOT_LINE_ENDS = re.compile(r"[\v\x85\u2028\u2029]")
"""Cleaning makes these line ends; editors, which number the lines, do not."""


class TextReader:
    """Read text in any encoding.

    Raises:
        DocumentError: the file is empty or not text.
    """

    def read(self, path: Path, password: str | None = None) -> Iterator[Page]:  # noqa: ARG002  never encrypted
        """Yield one page, or the parts of a long file, labelled "lines 1–420"."""
        text = decode(path.read_bytes())
        lines = _clean_lines(text)
        if not any(line.strip() for line in lines):
            raise DocumentError(nothing_in(text))
        suffix = path.suffix.lower()
        metadata = front_matter(lines) if suffix in MARKDOWN else {}
        yield from _pages(_marked(lines, suffix), metadata)


def _clean_lines(text: str) -> list[str]:
    """Return the file's lines, each clean in itself; indentation stays."""
    text = _NOT_LINE_ENDS.sub(" ", text.removeprefix("\ufeff"))
    return clean_text(f".\n{text}\n.").split("\n")[1:-1]


def _marked(lines: list[str], suffix: str) -> MarkedLines:
    if suffix in MARKDOWN:
        return mark_markdown(lines)
    if suffix in LIGHT_MARKUP:
        return mark_headings(lines, suffix)
    return MarkedLines(lines, [] if suffix in CODE else text_headings(lines))


def _pages(marked: MarkedLines, metadata: dict[str, str]) -> Iterator[Page]:
    lines = marked.lines
    starts = line_starts(lines)
    structure = marked.structure()
    parts = list(_divide(lines))
    for number, (first, last) in enumerate(parts, start=1):
        text = "\n".join(lines[first:last])
        indent = len(text) - len(text.lstrip())
        begin = starts[first] + indent
        shown = text.strip()
        label = f"lines {first + 1}–{last}"  # from which a citation's line is counted
        page = Page(number=number, label=label, text=shown, structure=cut(structure, begin, begin + len(shown)))
        yield replace(page, metadata=metadata) if number == 1 else page


def _divide(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield ranges of lines of about `PART_CHARACTERS`, ending before a blank line where there is one.

    None begins with a blank line: a page's first line is the first line of its label.
    """
    first, size, blank = 0, 0, -1
    for index, line in enumerate(lines):
        if not size and not line.strip():
            first = index + 1
            continue
        size += len(line) + 1
        if not line.strip():
            blank = index
        if size >= PART_CHARACTERS:
            last = blank + 1 if blank > first else index + 1
            yield first, last
            first = next((at for at in range(last, index + 1) if lines[at].strip()), index + 1)
            size = sum(len(rest) + 1 for rest in lines[first : index + 1])
    if any(line.strip() for line in lines[first:]):
        yield first, len(lines)
