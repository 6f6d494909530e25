"""Find code in Markdown: fenced and indented blocks, and spans in backticks. Inside code nothing is a marker.

The page and the citer share this finder, so the page never shows as code what was cited as prose. markdown-it's parser
finds the blocks as CommonMark and GitHub's tables define them; the backticks of each paragraph, heading and cell are
matched here, because markdown-it does not say where a span stands in the source. Quotes, HTML, links and link
definitions are not recognised: the page shows their signs as plain text, so that they enclose and hide no code.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.types import Span

_MAY_BE_CODE = re.compile(r"`|~~~|\t| {4}")
"""Every text with code has one of these; most answers have none, and need no parser."""

_LINE = re.compile(r"([^\r\n]*)(?:\r\n?|\n|\Z)")
_TICKS = re.compile(r"`+")
_INDENT = 4
_REMEMBERED = 32
"""Texts whose code is remembered: an answer and its page for each of the users who ask at once."""

_PROMPT = re.compile(r"^(?:\$|>>>|\.\.\.|#|>)\s+")


class Code(NamedTuple):
    """Code at characters `[start, end)` of a text, marks and indentation included, and the `content` it shows.

    A block ends with its last line, before the line end. A fence that is not closed goes on to the end of its
    container, as CommonMark has it, so a block is code while it is still being written.
    """

    start: int
    end: int
    content: str
    is_block: bool


class _Seen(NamedTuple):
    """A text up to its last top-level block, with the code before the last but one, which begins at `settled`."""

    text: str
    settled: int
    codes: tuple[Code, ...]


class CodeFinder:
    """Find the code of texts that grow at their ends, as answers do while they stream.

    Of a text whose beginning was seen, only the last two top-level blocks and what follows are parsed: what is appended
    can change or merge those, but none before.
    """

    def __init__(self) -> None:
        self._seen: tuple[_Seen, ...] = ()

    def find(self, text: str) -> tuple[Code, ...]:
        """Return the code blocks and spans of the text, in order."""
        known = next((seen for seen in self._seen if text.startswith(seen.text)), _Seen("", 0, ()))
        if not _MAY_BE_CODE.search(text, known.settled):
            return known.codes
        found, blocks = _parse(text[known.settled :])
        moved = (each._replace(start=each.start + known.settled, end=each.end + known.settled) for each in found)
        codes = (*known.codes, *moved)
        if len(blocks) > 1:
            settled, last = (known.settled + start for start in blocks[-2:])
            new = _Seen(text[:last], settled, tuple(code for code in codes if code.end <= settled))
            others = (seen for seen in self._seen if not new.text.startswith(seen.text))
            self._seen = (new, *others)[:_REMEMBERED]
        return codes


_FINDER = CodeFinder()


@lru_cache(_REMEMBERED)
def find_code(text: str) -> tuple[Code, ...]:
    """Return the code blocks and spans of a text, in order; cheap at each token of a streaming answer too."""
    return _FINDER.find(text)


def code_lines(content: str) -> list[str]:
    """Return the lines of a block that hold a letter or digit, without indentation and shell prompts."""
    lines = (_PROMPT.sub("", line.strip()) for line in content.split("\n"))
    return [line for line in lines if any(map(str.isalnum, line))]


def _block_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table").disable(["blockquote", "html_block", "reference", "inline"])
    parser.parse("a")  # compiles the rules, which must not happen in two threads at once
    return parser


_PARSER = _block_parser()


def _parse(text: str) -> tuple[list[Code], list[int]]:
    """Return the code of a text, and where its top-level blocks begin."""
    text = text.replace("\0", "\ufffd")  # as the parser does
    lines = [Span(*match.span(1)) for match in _LINE.finditer(text)]
    tokens = _PARSER.parse(text)
    blocks = [lines[token.map[0]].start for token in tokens if token.level == 0 and token.map]
    return list(_codes(text, lines, tokens)), blocks


def _codes(text: str, lines: Sequence[Span], tokens: Sequence[Token]) -> Iterator[Code]:
    row: list[int] | None = None
    ticks: Iterator[re.Match[str]] = iter(())
    for token in tokens:
        if token.map is None:
            continue
        if token.type in ("fence", "code_block"):
            yield _block(text, lines, token)
        elif token.type == "inline":
            if token.map != row:  # the cells of a table's row share a line
                row = token.map
                ticks = _TICKS.finditer(text, lines[row[0]].start, lines[row[1] - 1].end)
            yield from _spans(token.content, ticks)


def _block(text: str, lines: Sequence[Span], token: Token) -> Code:
    """Locate a block: from its fence, or from the four columns that indent it, past the marks of lists."""
    first, last = (token.map or [0, 1])[0], (token.map or [0, 1])[1] - 1
    line = text[lines[first].start : lines[first].end]
    content = token.content.removesuffix("\n")
    start = line.index(token.markup[0]) if token.type == "fence" else _indented_from(line, content.partition("\n")[0])
    return Code(lines[first].start + start, lines[last].end, content, is_block=True)


def _indented_from(line: str, code: str) -> int:
    """Return where the four columns before a line's code begin; a tab counts for all that are left of them."""
    while not line.endswith(code):
        code = code[1:]  # a space that is a part of a tab in the source
    end = start = len(line) - len(code)
    while start and end - start < _INDENT and line[start - 1] in " \t":
        start -= 1
        if line[start] == "\t":
            break
    return start


def _spans(content: str, source: Iterator[re.Match[str]]) -> Iterator[Code]:
    """Find the code spans of a paragraph, heading or cell; `source` are the runs of backticks of its lines.

    A block's marks and indentation hold no backtick, so the runs of the content are those of the source, one for one.
    """
    runs = list(_TICKS.finditer(content))
    places = [next(source).start() for _ in runs]
    of_size: defaultdict[int, list[int]] = defaultdict(list)
    for index, run in enumerate(runs):
        of_size[len(run[0])].append(index)
    index = at = 0
    while index < len(runs):
        run = runs[index]
        before = content[at : run.start()]
        escaped = (len(before) - len(before.rstrip("\\"))) % 2
        alike = of_size[len(run[0]) - escaped]
        following = bisect_right(alike, index)
        if following < len(alike):
            closing = alike[following]
            code = content[run.start() + escaped + len(runs[closing][0]) : runs[closing].start()]
            yield Code(places[index] + escaped, places[closing] + len(runs[closing][0]), _shown(code), is_block=False)
            index = closing
        at, index = runs[index].end(), index + 1


def _shown(code: str) -> str:
    """Return a span's content as CommonMark shows it: line ends are spaces, a space may set off a backtick."""
    code = code.replace("\n", " ")
    return code[1:-1] if code.strip(" ") and code[0] == code[-1] == " " else code
