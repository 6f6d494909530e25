"""Render inert Markdown as HTML, for panes and files that Gradio does not draw (pure)."""

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from web.rendering.formula_mathml import mathml

_FEW_COLUMNS = 4


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
    return mathml(tex, is_block=bool(match[1])) or match.group()
