"""Sentences that say the same though only one of them has a negation: a denial in other words, a bound (pure)."""

import re

from rag.grounding.language_rules import rules_of
from rag.text.language import detect_language

_BOUNDS = (
    (
        re.compile(r"\b(?:no|not) more than\b|\bnot (?:exceeding|to exceed)\b|\bno longer than\b", re.IGNORECASE),
        "up to",
    ),
    (re.compile(r"\b(?:no|not) later than\b", re.IGNORECASE), "by"),
    (re.compile(r"\b(?:no|not) (?:less|fewer) than\b", re.IGNORECASE), "at least"),
)
_BEYOND = re.compile(r"\b(?:more|longer|later|less|fewer) than\b|\bexceed|\bover\b|\babove\b|\bafter\b", re.IGNORECASE)


def with_plain_bounds(one: str, other: str) -> tuple[str, str]:
    """Return two sentences with "up to" for "no more than" and the like, unless one speaks of what is beyond."""
    plain_one, plain_other = _with_plain_bounds(one), _with_plain_bounds(other)
    if _BEYOND.search(plain_one) or _BEYOND.search(plain_other):
        return one, other
    return plain_one, plain_other


def deny_in_other_words(one: str, other: str) -> bool:
    """Return True if one of two sentences negates and the other denies by a word: "not allowed" and "prohibited"."""
    rules = rules_of(detect_language(f"{one} {other}"))
    negated = [bool(rules.negation.search(text)) for text in (one, other)]
    denied = [bool(rules.denial.search(text)) for text in (one, other)]
    return negated[0] != negated[1] and denied[0] != denied[1] and negated[0] == denied[1]


def _with_plain_bounds(text: str) -> str:
    for pattern, plain in _BOUNDS:
        text = pattern.sub(plain, text)
    return text
