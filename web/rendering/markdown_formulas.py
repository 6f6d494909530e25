r"""Find mathematics in text of models: `\( \)`, `\[ \]`, `$$ $$`, and `$ $` where it cannot be money.

The chat's KaTeX draws what is found here. It follows no address and runs nothing; its size is bounded in answers.css.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from rag.text.markdown_code import Code

DELIMITERS = (
    {"left": "&#92;&#40;", "right": "&#92;&#41;", "display": False},
    {"left": "&#92;&#91;", "right": "&#92;&#93;", "display": True},
    {"left": "\\(", "right": "\\)", "display": False},
    {"left": "\\[", "right": "\\]", "display": True},
)
"""For Gradio's chat, which looks for them in the Markdown, where each sign is an entity, and then in the text shown."""

_MATHS = re.compile(
    r"(?<!\\)(?:\\\((?P<inline>(?:(?!\n\s*\n|\\\().){1,2000}?)\\\)"
    r"|\\\[(?P<display>(?:(?!\n\s*\n|\\\[).){1,2000}?)\\\]"
    r"|\$\$(?P<dollars>(?:(?!\n\s*\n|\$\$).){1,2000}?)\$\$"
    r"|(?<![\w$])\$(?P<dollar>[^\s$](?:[^$\n]{0,300}[^\s$\\])?)\$(?![\w$]))",
    re.DOTALL,
)
"""Single dollars are as in Pandoc: no space inside of them, no digit after them."""

_COMMAND = re.compile(r"\\(?:text|mathrm|mathbf|operatorname)\s*\{[^{}]*\}|\\[a-zA-Z]+")
_WORD = re.compile(r"[^\W\d_]{2}")
_STARTS_AS_PRICE = re.compile(r"\s*[-+(]?\d")
_HAS_MATHS = re.compile(r"[\\^_=<>+−×÷√∑∫]|\d\s*[-*/]\s*\d")
_VARIABLE = re.compile(r"\s*\w{1,2}\s*")


class Formula(NamedTuple):
    """A formula at characters `[start, end)` of a text, its delimiters included; `tex` is what is between them."""

    start: int
    end: int
    tex: str
    is_block: bool


def find_maths(text: str, codes: Sequence[Code]) -> list[Formula]:
    """Return the formulas of a text in order, none of them in its code."""
    if "\\" not in text and "$" not in text:
        return []
    found = []
    for match in _MATHS.finditer(text):
        start, end = match.span()
        tex = match["inline"] or match["display"] or match["dollars"] or match["dollar"]
        is_inline = match["inline"] is not None or match["dollar"] is not None
        is_maths = (is_inline and _VARIABLE.fullmatch(tex)) or _HAS_MATHS.search(tex)
        if not is_maths or (match["dollar"] is not None and _may_be_money(tex)):
            continue
        if not any(code.start < end and start < code.end for code in codes):
            found.append(Formula(start, end, tex, not is_inline))
    return found


def _may_be_money(tex: str) -> bool:
    """Return True for what stands between two dollars if it has words, or begins with an amount."""
    if _WORD.search(_COMMAND.sub(" ", tex)):
        return True
    return bool(_STARTS_AS_PRICE.match(tex)) and not re.search(r"[\\^_]", tex)
