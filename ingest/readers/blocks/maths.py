"""Write formulas as one line: MathML and the Office Math of Word, in the linear form that Word types them in.

`(x+a)^n = ∑_(k=0)^n x^k a^(n-k)`: fractions are divided by a slash, what belongs together is in parentheses.
"""

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

_MAX_DEPTH = 60
_SIMPLE = re.compile(r"[\w.∞!′'ℝℕℤℂℚ]+|\([^()]*\)|\W", re.UNICODE)
_OPERATOR = re.compile(r"[=<>≤≥≠≈≡→⇒⇔±]")
_SPACES = re.compile(r"\s+")
_IGNORED = frozenset({"annotation", "annotation-xml", "mphantom", "mspace", "maligngroup", "malignmark", "none"})
_APPLIED = "\u2061\u2062\u2063\u2064"
"""Invisible operators of MathML: function application, times, separator, plus."""

_ACCENTS = {"^": "\u0302", "~": "\u0303", "¯": "\u0304", "‾": "\u0304", "→": "\u20d7", "˙": "\u0307", "¨": "\u0308"}


def is_formula(element: Any) -> bool:
    """Return True for a formula of MathML (`math`) or of Word (`oMath`)."""
    return _name(element) in ("math", "oMath")


def linear(element: Any, depth: int = 0) -> str:
    """Return a formula, or a part of one, as a line of text."""
    name = _name(element)
    if name in _IGNORED or not name or name.endswith("Pr"):
        return ""
    if depth > _MAX_DEPTH:
        return "".join(element.itertext())
    children = [child for child in element if _name(child) and not _name(child).endswith("Pr")]
    if name in ("mi", "mn", "mo", "mtext", "ms", "t"):
        return _token(name, "".join(element.itertext()))
    if name == "semantics":
        children = children[:1]
    parts = list(_parts(children, depth + 1))
    if name not in _FORMS:
        return _row(parts)
    return _SPACES.sub(" ", _FORMS[name](element, parts + [""] * (3 - len(parts))))


def _parts(children: list[Any], depth: int) -> Iterator[str]:
    """Yield the parts of a row; the runs of Office Math are pieces of one text."""
    for is_run, group in groupby(children, lambda child: _name(child) == "r"):
        parts = (linear(child, depth) for child in group)
        if is_run:
            yield "".join(parts)
        else:
            yield from parts


def grouped(part: str) -> str:
    """Return a part in parentheses unless it is a single name, number or sign."""
    part = part.strip()
    return part if not part or _SIMPLE.fullmatch(part) else f"({part})"


def _fraction(element: Any, parts: list[str]) -> str:
    over, under = (grouped(part) for part in parts[:2])
    has_no_line = element.get("linethickness") in ("0", "0pt", "0px") or _property(element, "type", "") == "noBar"
    return f"{over} choose {under}" if has_no_line else f"{over}/{under}"


def _upper(_: Any, parts: list[str]) -> str:
    base, over = parts[:2]
    accent = _ACCENTS.get(over.strip())
    return base + accent if accent and len(base) == 1 else f"{base}^{grouped(over)}"


def _lower(_: Any, parts: list[str]) -> str:
    return f"{parts[0]}_{grouped(parts[1])}"


def _both(_: Any, parts: list[str]) -> str:
    return f"{parts[0]}_{grouped(parts[1])}^{grouped(parts[2])}"


def _large_operator(element: Any, parts: list[str]) -> str:
    limits = (f"{sign}{grouped(part)}" for sign, part in zip("_^", parts, strict=False) if part)
    return f"{_property(element, 'chr', '∫')}{''.join(limits)} {parts[2]}"


def _accent(element: Any, parts: list[str]) -> str:
    sign = _property(element, "chr", "^")
    return parts[0] + _ACCENTS.get(sign, sign)


def _function(_: Any, parts: list[str]) -> str:
    return f"{parts[0]} {parts[1]}"


def _square_root(_: Any, parts: list[str]) -> str:
    return f"√({_row(parts)})"


def _root(element: Any, parts: list[str]) -> str:
    degree, inner = (parts[1], parts[0]) if _name(element) == "mroot" else (parts[0], parts[1])
    return f"√[{degree}]({inner})" if degree.strip() else f"√({inner})"


def _matrix(_: Any, parts: list[str]) -> str:
    return f"[{_lines(_, parts)}]"


def _lines(_: Any, parts: list[str]) -> str:
    return "; ".join(filter(None, parts))


def _cells(_: Any, parts: list[str]) -> str:
    return ", ".join(filter(None, parts))


def _delimited(element: Any, parts: list[str]) -> str:
    begin, end, separator = (
        _property(element, key, default) for key, default in (("begChr", "("), ("endChr", ")"), ("sepChr", "|"))
    )
    return begin + separator.join(filter(None, parts)) + end


def _fenced(element: Any, parts: list[str]) -> str:
    begin, end, separator = (
        str(element.get(key, default)) for key, default in (("open", "("), ("close", ")"), ("separators", ","))
    )
    return begin + separator[:1].join(filter(None, parts)) + end


_FORMS: dict[str, Callable[[Any, list[str]], str]] = {
    **dict.fromkeys(("mfrac", "f"), _fraction),
    **dict.fromkeys(("msup", "sSup", "mover", "limUpp"), _upper),
    **dict.fromkeys(("msub", "sSub", "munder", "limLow"), _lower),
    **dict.fromkeys(("msubsup", "sSubSup", "munderover"), _both),
    **dict.fromkeys(("mroot", "rad"), _root),
    **dict.fromkeys(("mtable", "m"), _matrix),
    **dict.fromkeys(("mtr", "mlabeledtr", "mr"), _cells),
    "msqrt": _square_root,
    "nary": _large_operator,
    "acc": _accent,
    "func": _function,
    "eqArr": _lines,
    "d": _delimited,
    "mfenced": _fenced,
}
"""How each element with more than a row of parts is written; its parts are at least three, "" where there are none."""


def _token(name: str, text: str) -> str:
    text = _SPACES.sub(" ", text).strip() if name != "t" else text
    text = "".join(character for character in text if character not in _APPLIED)
    return f" {text} " if name == "mo" and _OPERATOR.fullmatch(text) else text


def _row(parts: list[str]) -> str:
    """Join parts; letters of one name stay together, a function and its argument do not run into each other."""
    row = ""
    for part in filter(None, parts):
        joins = row[-1:].isalnum() and part[:1].isalnum() and (len(part) > 1 or len(row) > 1)
        row += " " + part if joins and not (row[-1].isdigit() or part[0].isdigit()) else part
    return _SPACES.sub(" ", row)


def _property(element: Any, name: str, default: str) -> str:
    """Return a property of Office Math, which an empty value overrides."""
    for properties in element:
        if _name(properties).endswith("Pr"):
            for child in properties:
                if _name(child) == name:
                    values = [str(value) for key, value in child.attrib.items() if key.rpartition("}")[2] == "val"]
                    return values[0] if values else ""
    return default


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""
