"""Find the headings, tables and front matter of Markdown, as CommonMark and GitHub define them.

Nothing in code blocks is a heading. Underlined headings get their mark (`# Title`), and their rule becomes an empty
line; a row of a table becomes a line in which each value follows its column's head. So no line number changes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.readers.blocks.block import is_prose
from ingest.readers.blocks.captions import caption_kind, unit_in
from ingest.readers.blocks.pages import metadata_of
from ingest.readers.blocks.tables import CellText, render_table
from ingest.readers.marked_lines import LineCell, LineHeading, LineTable, MarkedLines

MAX_CHARACTERS = 2_000_000
"""Longer texts are read as plain lines: the parser would need hundreds of bytes for each of their characters."""

_MAX_FRONT_MATTER = 200
_ANY_LENGTH = 1_000_000
_HTML_HEADING = re.compile(r"\s*<h([1-6])\b[^<>]*>(.+)</h\1\s*>\s*", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]+>")
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])")
_EMPHASIS = re.compile(r"(\*{1,3}|`+|~~)(?=\S)(.+?)(?<=\S)\1")
_ATTRIBUTES = re.compile(r"\s*\{[#.][^{}]*\}\s*$")
_FIELD = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(.*)")
_KEYS = {
    "title": "title",
    "author": "author",
    "authors": "author",
    "date": "date",
    "published": "date",
    "organization": "organisation",
    "organisation": "organisation",
    "publisher": "organisation",
}


def _block_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table").disable(["reference", "inline"])
    parser.parse("a")  # compiles the rules, which must not happen in two threads at once
    return parser


_PARSER = _block_parser()


def mark_markdown(lines: Sequence[str]) -> MarkedLines:
    """Return the lines of a Markdown text with its headings and tables."""
    marked = MarkedLines(list(lines))
    if sum(map(len, lines)) > MAX_CHARACTERS:
        return marked
    hidden = _front_matter_lines(lines)
    tokens = _PARSER.parse("\n".join([*[""] * hidden, *lines[hidden:]]))
    for place, token in enumerate(tokens):
        if token.level == 0 and token.map:
            if token.type == "heading_open":
                _mark_heading(marked, token, tokens[place + 1])
            elif token.type == "html_block":
                marked.headings.extend(_html_headings(marked.lines, token.map[0], token.map[1]))
        if token.type == "table_open" and token.map:
            _mark_table(marked, token, _rows(tokens, place + 1))
    return marked


def front_matter(lines: Sequence[str]) -> dict[str, str]:
    """Return what the lines between `---` at the top say of the document."""
    values: list[tuple[str, str]] = []
    for line in lines[1 : max(_front_matter_lines(lines) - 1, 1)]:
        match = _FIELD.fullmatch(line.rstrip())
        if match:
            values.append((_KEYS.get(match[1].lower(), ""), match[2].strip().strip("[]\"'")))
        elif values and re.match(r"\s*-\s+\S", line):  # the next of several authors
            key, value = values[-1]
            values[-1] = (key, ", ".join(filter(None, (value, line.strip().lstrip("- ").strip("\"'")))))
    return metadata_of(values)


def _front_matter_lines(lines: Sequence[str]) -> int:
    if not lines or lines[0].rstrip() != "---":
        return 0
    for place, line in enumerate(lines[1:_MAX_FRONT_MATTER], start=1):
        if line.rstrip() in ("---", "..."):
            return place + 1 if any(_FIELD.match(inside) for inside in lines[1:place]) else 0
    return 0


def title_of(text: str) -> str:
    """Return the text of a heading without the marks of links, emphasis and code."""
    text = _ATTRIBUTES.sub("", _TAG.sub("", _LINK.sub(r"\1", text)))
    return " ".join(_EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", text)).split())


def _mark_heading(marked: MarkedLines, token: Token, inline: Token) -> None:
    first, last = token.map or (0, 0)
    title = title_of(inline.content)
    if not title or is_prose(title):
        return
    level = int(token.tag[1])
    if not token.markup.startswith("#"):
        if last - first == 2:
            marked.lines[first] = f"{'#' * level} {marked.lines[first].strip()}"
        marked.lines[last - 1] = ""
        last -= 1
    marked.headings.append(LineHeading(level, first, last, title))


def _html_headings(lines: Sequence[str], first: int, last: int) -> Iterator[LineHeading]:
    for place in range(first, last):
        match = _HTML_HEADING.fullmatch(lines[place])
        title = title_of(match[2]) if match else ""
        if match and title and not is_prose(title):
            yield LineHeading(int(match[1]), place, place + 1, title)


def _mark_table(marked: MarkedLines, table: Token, found: Iterator[tuple[int, list[str]]]) -> None:
    """Write each row of a table with its heads, in its own line."""
    rows = [(line, cells) for line, cells in found if any(cells)]
    first, last = table.map or (0, 0)
    cells = [CellText(row, column, text) for row, (_, texts) in enumerate(rows) for column, text in enumerate(texts)]
    is_headed = bool(rows) and rows[0][0] == first
    rendered = render_table(cells, head_rows=int(is_headed and len(rows) > 1), max_cell=_ANY_LENGTH)
    if not rendered.cells or rendered.text.count("\n") + 1 != len(rows):
        return
    for place in range(first, last):
        marked.lines[place] = ""
    starts = [0]
    for (line, _), text in zip(rows, rendered.text.split("\n"), strict=True):
        marked.lines[line] = text
        starts.append(starts[-1] + len(text) + 1)
    placed = []
    for cell in rendered.cells:
        row = cell.row
        shifted = replace(cell, start=cell.start - starts[row], end=cell.end - starts[row])
        placed.append(LineCell(rows[row][0], shifted))
    before = next((marked.lines[at] for at in range(first - 1, max(first - 3, -1), -1) if marked.lines[at].strip()), "")
    before = title_of(before)
    caption = before if caption_kind(before) == "table" else ""
    end = max(line for line, _ in rows) + 1
    marked.tables.append(
        LineTable(first=rows[0][0], last=end, cells=tuple(placed), caption=caption, unit=unit_in(caption))
    )


def _rows(tokens: Sequence[Token], place: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the cells of each row of the table whose tokens begin at a place."""
    line = 0
    cells: list[str] = []
    while (token := tokens[place]).type != "table_close":
        place += 1
        if token.type == "tr_open":
            line, cells = (token.map or [0])[0], []
        elif token.type == "inline":
            cells.append(token.content)
        elif token.type == "tr_close":
            yield line, cells
