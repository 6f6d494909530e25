"""Render inert Markdown as HTML, for panes and files that Gradio does not draw.

A file neither runs a script nor fetches a font, so its formulas are MathML, which browsers draw by themselves. What a
model wrote may be hostile: of what the converter makes of it, only elements and attributes that draw and do nothing
else are taken.
"""

import re
from collections.abc import Sequence
from html import escape, unescape
from typing import Any
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

_FEW_COLUMNS = 4

_ELEMENTS = frozenset(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts"
    " mprescripts none mtable mtr mtd mstyle mpadded mphantom menclose".split()
)
_ATTRIBUTES = frozenset("display mathvariant stretchy fence accent linethickness notation columnalign".split())


def _table_open(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:  # noqa: ARG001  markdown-it's signature
    """Open a table; a wide one, which scrolls in its own box, can be reached by the keyboard."""
    head = next(place for place in range(at, len(tokens)) if tokens[place].type == "thead_close")
    columns = sum(token.type == "th_open" for token in tokens[at:head])
    return '<table tabindex="0">\n' if columns > _FEW_COLUMNS else "<table>\n"


_PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
_PARSER.add_render_rule("table_open", _table_open)

_FORMULA = re.compile(
    r"(?P<other><code>.*?</code>|<[^>]*>)"
    r"|&#92;&#40;(?P<inline>[^<]*?)&#92;&#41;|&#92;&#91;(?P<block>[^<]*?)&#92;&#93;",
    re.DOTALL,
)
"""A formula of inert Markdown, in which its signs are entities; code and our own tags may have the same signs."""

_MARKED = re.compile(r'<span class="cw-tex( cw-tex-block)?">([^<]*)</span>')


def inert_html(inert: str) -> Markup:
    """Return the output of `web.rendering.markdown` as HTML, in which all HTML is our own.

    Each formula is an element `.cw-tex` with its source, which a script of the page draws.
    """
    return Markup(_PARSER.render(_FORMULA.sub(_formula, inert)))  # noqa: S704  nothing in it is live


def inert_html_file(inert: str) -> Markup:
    """Return the same with its formulas drawn, for a page that runs no script."""
    return Markup(_MARKED.sub(_drawn, inert_html(inert)))  # noqa: S704  nothing in it is live


def _formula(match: re.Match[str]) -> str:
    if match["other"]:
        return match.group()
    kind = "cw-tex cw-tex-block" if match["block"] is not None else "cw-tex"
    return f'<span class="{kind}">{match.group()}</span>'


def _drawn(match: re.Match[str]) -> str:
    tex = unescape(match[2])[2:-2]
    return _mathml(tex, is_block=bool(match[1])) or match.group()


def _mathml(tex: str, *, is_block: bool) -> str:
    """Return a formula as a `<math>` element; "" if it cannot be drawn whole."""
    try:
        root = convert_to_element(tex, display="block" if is_block else "inline")
        return _written(root)
    except Exception:  # noqa: BLE001  whatever the converter does not understand, nesting too deep among it
        return ""


def _written(element: Element) -> str:
    if element.tag not in _ELEMENTS:
        raise ValueError(element.tag)
    text = unescape(element.text or "")
    if text.startswith("\\"):
        raise ValueError(text)  # a command that the converter does not know
    kept = (f' {name}="{escape(value)}"' for name, value in element.attrib.items() if name in _ATTRIBUTES)
    return f"<{element.tag}{''.join(kept)}>{escape(text)}{''.join(map(_written, element))}</{element.tag}>"
