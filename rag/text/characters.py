"""Characters of all scripts in one form: digits and their marks, composed letters, and runs without spaces.

Beside them what only counts characters: a text cut short, and words as a pattern, the longest first.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

CHINESE_JAPANESE_KOREAN = (
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3041-\u3096\u3099-\u309f\u30a1-\u30ff\u3105-\u312f\u3131-\u318e"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f"
)
SOUTHEAST_ASIAN = "\u0e01-\u0e4e\u0e80-\u0edf\u1000-\u103f\u1050-\u109f\u1780-\u17dd"
"""Thai, Lao, Burmese and Khmer, without their digits."""

_UNSPACED = re.compile(f"([{CHINESE_JAPANESE_KOREAN}]+)|([{SOUTHEAST_ASIAN}]+)")
_DIGIT = re.compile(r"(?![\x00-\x7f])\d")
_MARK = re.compile("[\u0300-\u036f\u0653-\u0655\u093c\u3099\u309a]")
_BESIDE_DIGITS = re.compile(
    rf"(?<=[{CHINESE_JAPANESE_KOREAN}{SOUTHEAST_ASIAN}])(?=[0-9])"
    rf"|(?<=[0-9])(?=[{CHINESE_JAPANESE_KOREAN}{SOUTHEAST_ASIAN}])"
)
_SEPARATORS = str.maketrans({"٫": ".", "٬": ",", "％": "%", "٪": "%"})


_DECIMAL_COMMA = frozenset(
    "af az be bg ca cs da de el es et eu fi fr gl hr hu hy id is it ka kk lt lv mk nl no pl pt ro ru sk sl sq sr sv tr "
    "uk uz vi".split()
)


def decimal_mark_of(language: str) -> str:
    """Return which of "." and "," marks decimals in a language, as most of its countries print; "" if none is known."""
    return "," if language in _DECIMAL_COMMA else "." if language else ""


def with_plain_digits(text: str) -> str:
    """Return the text with the digits of all scripts as 0 to 9, and apart from letters of scripts without spaces."""
    if text.isascii():
        return text
    text = _DIGIT.sub(lambda match: str(unicodedata.digit(match[0])), text.translate(_SEPARATORS))
    return _BESIDE_DIGITS.sub(" ", text)


def composed(text: str) -> str:
    """Return the text with a letter and its accent as one character, where Unicode has one."""
    return text if text.isascii() or not _MARK.search(text) else unicodedata.normalize("NFC", text)


def bare(text: str) -> str:
    """Return the letters and digits of a text in lower case, so that "10-K" and "10k" are one."""
    return re.sub(r"[\W_]+", "", text.lower())


def any_of(words: Iterable[str]) -> str:
    """Return the pattern of any of the words, the longest first; of none, one that nothing matches."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"


def shortened(text: str, most: int) -> str:
    """Return a text of at most so many characters, with "…" in place of what is cut off."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def script_runs(text: str) -> Iterator[tuple[str, int]]:
    """Yield the text in runs, each with the number of scripts' kind: 0 spaced, 1 CJK, 2 Southeast Asian."""
    start = 0
    for match in _UNSPACED.finditer(text):
        if start < match.start():
            yield text[start : match.start()], 0
        yield match[0], match.lastindex or 0
        start = match.end()
    if start < len(text):
        yield text[start:], 0
