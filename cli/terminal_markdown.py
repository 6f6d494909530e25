"""Draw the Markdown of an answer in a terminal (rich). Nothing in it is live but the markers of its sources.

Text of models repeats text of documents: no link, image or HTML of it survives, and no control character.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Heading, Markdown

from rag.text.markdown_code import Code, find_code
from rag.text.sanitize import strip_invisible
from rag.types import Sentence

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
"""Set off a marker on its way through the parser. They are noncharacters, and are removed from what is drawn."""

_MARKER = re.compile(rf"{_OPEN}(\d+){_CLOSE}")
_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_END = re.compile(r"\r\n?|\n")
_ROW_END = re.compile(r"[ \t]*\|?[ \t]*\n[ \t]*[|:-][ \t|:-]*-[ \t|:-]*\Z|\s*\|\s*\Z")
"""The end of a table's row, with the dashes below the heads if it is theirs."""

_OPEN_BLOCKS = 2
"""Text that is appended can change or merge the last two top-level blocks, but none before."""

_PARSER = (
    MarkdownIt("commonmark")
    .enable(["table", "strikethrough"])
    .disable(["html_block", "html_inline", "reference", "link", "image", "autolink"])
)


class _LeftHeading(Heading):
    """A heading at the left margin; rich would centre it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        yield self.text


class AnswerMarkdown(Markdown):
    """Markdown as `marked` returns it; a marker is a hyperlink if `link` has an address for its number."""

    elements = {**Markdown.elements, "heading_open": _LeftHeading}  # noqa: RUF012  as rich declares it

    def __init__(self, markup: str, link: Callable[[int], str]) -> None:
        super().__init__("", code_theme="ansi_dark")
        self.parsed = list(_drawn(_PARSER.parse(markup), link))


def settled_end(written: str, start: int, sentences: Sequence[Sentence]) -> int:
    """Return where the blocks from `start`, a block's beginning, end that no further text and no citation can change.

    All of a finished block's sentences are among the `sentences` cited so far.
    """
    lines = [0, *(match.end() for match in _LINE_END.finditer(written[start:]))]
    blocks = [start + lines[token.map[0]] for token in _PARSER.parse(written[start:]) if token.map and not token.level]
    cited = sentences[-1].end if sentences else 0
    return max((at for at in blocks[1 : 1 - _OPEN_BLOCKS] if len(written[:at].rstrip()) <= cited), default=start)


def marked(written: str, sentences: Sequence[Sentence], start: int, end: int) -> str:
    """Return `written[start:end]` as Markdown for `AnswerMarkdown`, with markers of its sources after each sentence.

    The model's own markers are left out. What is cited in a block of code is marked below the block.
    """
    codes = find_code(written)
    parts: list[str] = []
    below: dict[str, None] = {}
    at = start
    for sentence in (each for each in sentences if start <= each.start < end):
        inside = [code for code in codes if code.start < sentence.end and sentence.start < code.end]
        block = next((code for code in inside if code.is_block), None)
        shown = written[sentence.start : sentence.end] if inside else sentence.text
        parts += [_visible(written[at : sentence.start]), _visible(shown)]
        at = sentence.end
        marks = dict.fromkeys(f"{_OPEN}{citation.number}{_CLOSE}" for citation in sentence.citations)
        if block:
            below |= marks
            at = _close_block(parts, written, at, block, sentences, below)
        elif marks:
            _append_marks(parts, "".join(marks))
    return "".join([*parts, _visible(written[at:end])])


def _close_block(
    parts: list[str], written: str, at: int, block: Code, sentences: Sequence[Sentence], below: dict[str, None]
) -> int:
    """Put the marks below a block of code after its last sentence, and return where the text goes on."""
    if any(at <= each.start < block.end for each in sentences):
        return at
    parts.append(_visible(written[at : block.end]))
    if below and written[block.end :].strip():  # else its fence may still be open
        parts.append(f"\n\n{''.join(below)}\n\n")
        below.clear()
    return max(at, block.end)


def _append_marks(parts: list[str], marks: str) -> None:
    """Put marks after the last part; if that ends a row of a table, after the text of the row's last cell."""
    text = parts.pop()
    row = _ROW_END.search(text)
    at = row.start() if row else len(text)
    parts.append(f"{text[:at]} {marks}{text[at:]}")


def _visible(text: str) -> str:
    """Return text without what acts upon a terminal or is not seen."""
    visible, _ = strip_invisible(_LINE_END.sub("\n", text))
    return _CONTROL_CHARACTERS.sub("\ufffd", visible).replace(_OPEN, "").replace(_CLOSE, "")


def _drawn(tokens: Sequence[Token], link: Callable[[int], str]) -> Iterator[Token]:
    """Yield tokens for rich: a line end of the text ends a line, and markers are links."""
    for token in tokens:
        if token.children:
            token.children = list(_drawn(token.children, link))
        if token.type == "softbreak":
            yield Token("hardbreak", "br", 0)
        elif token.type == "text":
            yield from _with_links(token.content, link)
        else:
            token.content = _MARKER.sub("", token.content)
            token.content = re.sub(rf"[{_OPEN}{_CLOSE}]", "", token.content)
            yield token


def _with_links(text: str, link: Callable[[int], str]) -> Iterator[Token]:
    for index, piece in enumerate(_MARKER.split(text)):
        if index % 2 == 0:
            yield Token("text", "", 0, content=_CONTROL_CHARACTERS.sub("\ufffd", piece))  # an entity may be one
            continue
        address = link(int(piece))
        if address:
            yield Token("link_open", "a", 1, attrs={"href": address})
        yield Token("text", "", 0, content=f"[{piece}]")
        if address:
            yield Token("link_close", "a", -1)
