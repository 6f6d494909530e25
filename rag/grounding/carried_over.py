"""Facts that a translation must carry over: figures and negations (pure).

Figures are compared by their significant digits, because languages differ in separators, scales and months: "1.200",
"1,200" and "1,2 thousand" are one, and so are "21.9.2020", "9月21日" and "September 21".
"""

import re
from collections.abc import Iterator
from functools import cache

from babel import Locale, UnknownLocaleError

from rag.grounding.language_rules import rules_of
from rag.text.characters import with_plain_digits
from rag.text.language import detect_language
from rag.text.normalize import normalize

_FIGURE = re.compile(r"\d+(?:[.,'’\u00a0\u202f ]\d+)*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d+)?")
_DECIMAL = re.compile(r"\d+[.,]\d+")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_CENTURY_DECADE = re.compile(r"\d\d\d0")
_DECADE = re.compile(r"(\d{1,2}) ?世[纪紀] ?(\d0) ?年代")
_HALF = frozenset(["ne", "n"])
"""French words that deny nothing by themselves: "n'importe qui", "ne … que"."""

_NEGATIVE_WORD = re.compile(r"\b(?:un|non|dis|single|without)\w*|\w+less\w*", re.IGNORECASE)
"""English words that say what other languages say with a negation: "no casadas", "ohne Verbindung"."""


def lost_facts(text: str, translation: str) -> list[str]:
    """Return the figures of a text that its translation lacks, and the words of a negation that one of them lacks."""
    language, into = detect_language(text), detect_language(translation)
    carried = _carried(translation, into)
    plain = _DECADE.sub(lambda match: f"{int(match[1]) - 1}{match[2]}年代", with_plain_digits(text))
    lost = [figure for figure in _figures(plain) if _significant(figure) not in carried]
    return [*dict.fromkeys(lost), *_lost_negation(text, language, translation, into)]


def _figures(text: str) -> Iterator[str]:
    """Yield the numbers of a text, and the parts of its dates and ranges."""
    for match in _FIGURE.finditer(text):
        is_number = _GROUPED.fullmatch(match[0]) or len(_DIGITS.findall(match[0])) == 1 or _DECIMAL.fullmatch(match[0])
        yield from [match[0]] if is_number else _DIGITS.findall(match[0])


def _carried(translation: str, language: str) -> set[str]:
    """Return the significant digits of all figures of a translation, also of those in words and of its months."""
    plain = with_plain_digits(translation)
    figures = [*_figures(plain), *_DIGITS.findall(plain), *_DIGITS.findall(normalize(plain))]
    figures += [figure[2:] for figure in figures if _CENTURY_DECADE.fullmatch(figure)]  # "80er", "años 80"
    figures += [str(months[word]) for months in [_months(language)] for word in _WORD.findall(plain) if word in months]
    return {_significant(figure) for figure in figures}


def _significant(figure: str) -> str:
    return "".join(_DIGITS.findall(figure)).strip("0") or "0"


@cache
def _months(language: str) -> dict[str, int]:
    """Return the numbers of the months by their names."""
    try:
        names = Locale.parse(language).months
    except (UnknownLocaleError, ValueError):
        return {}
    return {name.strip("."): n for form in names.values() for named in form.values() for n, name in named.items()}


def _lost_negation(text: str, language: str, translation: str, into: str) -> list[str]:
    if not (language and into):  # their rules are not known
        return []
    own, other = rules_of(language), rules_of(into)
    negated = next((found for found in own.negation.finditer(text) if found[0].lower() not in _HALF), None)
    negates = other.negation.search(translation)
    if negated and not (negates or other.denial.search(translation)):
        return [] if into == "en" and _NEGATIVE_WORD.search(translation) else [negated[0]]
    return [negates[0]] if negates and not (negated or own.denial.search(text)) else []
