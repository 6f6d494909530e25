"""Find the captions and units of tables and figures among the blocks around them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from ingest.readers.blocks.block import Block, Content, figure
from rag.types import Structure

_MAX_CAPTION = 400
_MAX_UNIT = 120
_CAPTION = re.compile(
    r"(?:supplement(?:ary|al) |online )?(?P<kind>tables?|tabelle|tableau|tabla|tabella|tabela|tab\.|figures?|fig\.|"
    r"abbildung|abb\.|figura|chart|exhibit|(?P<han>[图圖図表]))\s*(?:\d+[a-z]?|(?-i:[IVXLC]+|[A-Z]))(?:[.\-–]\d+)*(?![^\W\d_])"
    r"(?:\s*[:.|)–—-](?:\s|$)|\s+(?-i:[\W\dA-ZÀ-ÞА-Я\u3040-\u9fff])|\s*$)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\((?P<inner>[^()]*\b(?:in|en)\b[^()]*\b(?:millions?|thousands?|billions?|percent|dollars?|euros?|mio|tsd|mrd|"
    r"milliers?|millones|miles|units?|shares?|usd|eur|gbp|teur)\b[^()]*)\)"
    r"|\((?P<sign>\s*(?:[$€£¥%]|us\$|usd|eur|teur|t€|\$?'?000s?)\s*)\)"
    r"|\b(?P<word>(?:unit|einheit|unité|unidad)s?\s*:\s*[^\s,;]+(?:\s[^\s,;]+)?)"
    r"|^(?P<line>(?:\w+ ){0,3}in (?:\w+ )?(?:millions|thousands|billions|mio\.?|tsd\.?|teur)\b[^.]*)$",
    re.IGNORECASE,
)


def caption_kind(text: str) -> Literal["table", "figure", ""]:
    """Return what a paragraph is the caption of by its first words ("Table 3: Net sales"), "" for a sentence."""
    match = _CAPTION.match(text)
    if match is None or len(text) > _MAX_CAPTION:
        return ""
    return "table" if match["kind"].lower().startswith("tab") or match["han"] == "表" else "figure"


def unit_in(text: str) -> str:
    """Return the unit and scale that a caption or line states, as printed: "in millions, except per share"."""
    match = _UNIT.search(text)
    found = next((group for group in match.group("inner", "sign", "word", "line") if group), "") if match else ""
    return " ".join(found.split())[:_MAX_UNIT]


def captioned(blocks: Iterable[Content]) -> Iterator[Content]:
    """Give tables and figures the captions and units that stand before or after them; texts stay where they are."""
    before: Block | None = None
    held: Block | None = None  # a table or figure without a caption, which may follow
    for block in blocks:
        if not isinstance(block, Block):
            yield block
            continue
        if held is not None:
            merged = _with_following(held, block)
            yield held if merged is None else merged[0]
            before, held = held, None
            if merged is not None:
                if merged[1] is not None:
                    yield merged[1]
                before = None  # the caption has found what it belongs to
                continue
        block = _with_preceding(block, before)
        if block.kind in ("table", "figure") and not _caption_of(block):
            held = block
        else:
            yield block
            before = block
    if held is not None:
        yield held


def _caption_of(block: Block) -> str:
    captions = [table.caption for table in block.structure.tables]
    if block.kind == "figure":
        captions = [one.caption for one in block.structure.figures if caption_kind(one.caption) == "figure"]
    return next((caption for caption in captions if caption), "")


def _with_preceding(block: Block, before: Block | None) -> Block:
    """Return a table with the caption, or with the unit, of the paragraph before it."""
    if block.kind != "table" or before is None or not block.structure.tables:
        return block
    if block.continues and before.kind == "table" and before.structure.tables:
        last = before.structure.tables[-1]
        return _described(block, last.caption, last.unit)
    kind = caption_kind(before.plain)
    if kind == "table" or (before.kind == "caption" and not kind):
        return _described(block, before.plain, unit_in(before.plain))
    unit = unit_in(before.text) if before.kind == "paragraph" and len(before.text) <= _MAX_UNIT else ""
    return _described(block, "", unit) if unit else block


def _with_following(held: Block, block: Block) -> tuple[Block, Block | None] | None:
    """Return both with the caption that follows; a figure takes it into its own block. None if it is no caption."""
    kind = caption_kind(block.plain) if block.kind in ("paragraph", "caption") else ""
    if held.kind == "table" and kind == "table":
        return _described(held, block.plain, unit_in(block.plain)), block
    if held.kind == "figure" and (kind == "figure" or block.kind == "caption"):
        return figure(block.plain, held.plain), None
    return None


def _described(block: Block, caption: str, unit: str) -> Block:
    tables = tuple(
        replace(table, caption=table.caption or caption, unit=table.unit or unit) for table in block.structure.tables
    )
    return replace(block, structure=Structure(block.structure.headings, tables, block.structure.figures))
