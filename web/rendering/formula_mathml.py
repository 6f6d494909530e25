"""Draw a formula as MathML, for files that neither run a script nor fetch a font (pure).

Browsers draw MathML by themselves. What a model wrote may be hostile: of what the converter makes of it, only elements
and attributes that draw and do nothing else are taken.
"""

from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

_ELEMENTS = frozenset(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts"
    " mprescripts none mtable mtr mtd mstyle mpadded mphantom menclose".split()
)
_ATTRIBUTES = frozenset("display mathvariant stretchy fence accent linethickness notation columnalign".split())


def mathml(tex: str, *, is_block: bool) -> str:
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
