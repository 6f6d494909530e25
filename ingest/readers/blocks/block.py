"""Make the blocks that documents consist of: clean text with its structure."""

import re
from dataclasses import dataclass
from typing import Literal

from ingest.readers.blocks.pages import clean_text
from rag.types import Figure, Heading, Structure
from rag.types.structure import NO_STRUCTURE

BlockKind = Literal["heading", "paragraph", "caption", "item", "table", "figure", "footnote"]

_MAX_TITLE = 200
_MAX_SENTENCE = 120
_MAX_DEPTH = 8
_MADE_BY_PROGRAMS = re.compile(
    r"\s*(?:description automatically generated.*|ai-generated content may be incorrect\.?)$"
    r"|^[^\s/]+\.(?:png|jpe?g|gif|svg|bmp|emf|wmf|tiff?|webp)$|^(?:image|picture|img|photo|logo|icon)\s*\d*$",
    re.IGNORECASE,
)
"""Texts that programs write beside or instead of an alternative text."""

_SENTENCE_END = (".", "!", "?", "。", "…", ";", ",")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a document. Its text is stored as it is; `structure` counts the text's characters."""

    text: str
    kind: BlockKind = "paragraph"
    structure: Structure = NO_STRUCTURE

    @property
    def plain(self) -> str:
        """The text on one line, without a heading's marks."""
        return " ".join([heading.title for heading in self.structure.headings] or self.text.split())

    @property
    def level(self) -> int:
        """The level of a heading, 0 for any other block."""
        return next((heading.level for heading in self.structure.headings), 0) if self.kind == "heading" else 0

    @property
    def continues(self) -> bool:
        """True if the block is a further part of the table before it."""
        return self.kind == "table" and any(table.continues for table in self.structure.tables[:1])


class Note(str):
    """A note to the user among the blocks of a unit, such as what was cut or is damaged; no part of the text."""

    __slots__ = ()


class PageBreak(int):
    """A number of ends of printed pages, between blocks or rows of a table."""

    __slots__ = ()


Content = Block | Note


def heading(level: int, text: str) -> Block:
    """Return a heading with its mark ("## Fees"); a whole paragraph that is styled as one stays a paragraph."""
    title = " ".join(clean_text(text).split())
    if not title or is_prose(title):
        return Block(title)
    level = min(max(level, 1), 6)
    marked = f"{'#' * level} {title}"
    return Block(marked, "heading", Structure(headings=(Heading(level, 0, len(marked), title),)))


def is_prose(title: str) -> bool:
    """Return True for text that is too long, or too much of a sentence, to be a heading."""
    return len(title) > _MAX_TITLE or (len(title) > _MAX_SENTENCE and title.endswith(_SENTENCE_END))


def paragraph(text: str, kind: BlockKind = "paragraph") -> Block:
    """Return a paragraph."""
    return Block(clean_text(text), kind)


def preformatted(text: str) -> Block:
    """Return text whose indentation counts, such as code."""
    return Block(clean_text("." + text.strip("\r\n"))[1:].strip("\n"))


def item(text: str, mark: str = "-", depth: int = 0) -> Block:
    """Return an item of a list with its mark, indented by its depth."""
    text = clean_text(text)
    return Block("  " * min(depth, _MAX_DEPTH) + f"{mark} {text}".lstrip(), "item") if text else Block("")


def footnote(kind: str, mark: str, text: str) -> Block:
    """Return a footnote or endnote after what refers to it."""
    text = " ".join(clean_text(text).split())
    return Block(f"[{kind} {clean_text(mark)}] {text}" if text else "", "footnote")


def figure(caption: str, alternative: str = "") -> Block:
    """Return a picture as its caption, else its alternative text; the latter is not lost beside a caption."""
    caption, alternative = (" ".join(clean_text(text).split()) for text in (caption, alternative))
    alternative = _MADE_BY_PROGRAMS.sub("", alternative)
    shown = caption or alternative
    text = shown if not alternative or alternative in shown else f"{shown}\n{alternative}"
    return Block(text, "figure", Structure(figures=(Figure(0, len(shown), shown),)) if shown else Structure())
