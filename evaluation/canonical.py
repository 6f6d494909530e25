"""Compare an answer with a gold answer by what it says: its figure, its yes or no, up or down, its words.

What this cannot tell is left to people: a gold answer in sentences may be met in quite other ones.
"""

import re
from typing import Literal

from evaluation.key_points import denies_an_answer, normalise, occurs
from evaluation.stated_figures import agree, asked_scale, find_figures, is_figure

Verdict = Literal["right", "wrong", "refused", "unjudged"]
"""`unjudged`: only people can tell."""

_MAX_WORDS = 6
"""A gold answer in more words is rarely repeated word by word."""
_MAX_FIGURE_WORDS = 25
"""In a gold answer of more words, the figures are not all of what it says."""

_YES_NO = re.compile(r"\W*(yes|no)\b(?! (?:longer|one|other)\b)", re.IGNORECASE)
_UP = re.compile(r"\b(?:increas|improv|ris(?:e|ing)|rose|grew|grow|higher|gain|expand)\w*", re.IGNORECASE)
_DOWN = re.compile(
    r"\b(?:decreas|declin|drop|fell|fall|lower|shr[aiu]nk|reduc|worsen|contract(?:ed|ing)\b)\w*", re.IGNORECASE
)


def compare(question: str, text: str, gold: str, *, abstained: bool) -> Verdict:
    """Return the verdict on the text of an answer."""
    if abstained or not text.strip():
        return "refused"
    verdict = _compared(question, text, gold)
    return "refused" if verdict != "right" and not find_figures(text) and denies_an_answer(text) else verdict


def _compared(question: str, text: str, gold: str) -> Verdict:
    if is_figure(gold):
        return "right" if _has_figures(question, text, gold) else "wrong"
    if expected := _YES_NO.match(gold):
        return _compare_yes_no(text, gold, expected[1].lower())
    if _is_opposite(text, gold):
        return "wrong"
    if find_figures(gold) and len(gold.split()) <= _MAX_FIGURE_WORDS:
        return "right" if _has_figures(question, text, gold) else "unjudged"
    return "right" if len(gold.split()) <= _MAX_WORDS and _has_words(text, gold) else "unjudged"


def _compare_yes_no(text: str, gold: str, expected: str) -> Verdict:
    if said := _YES_NO.match(text):
        return "right" if said[1].lower() == expected else "wrong"
    if _is_opposite(text, gold):
        return "wrong"
    return "right" if _direction(gold) and _direction(gold) == _direction(text) else "unjudged"


def _has_figures(question: str, text: str, gold: str) -> bool:
    said, scale = find_figures(text), asked_scale(question)
    return all(any(agree(figure, each, scale) for each in said) for figure in find_figures(gold))


def _has_words(text: str, gold: str) -> bool:
    normalised = normalise(text)
    return all(occurs(word, normalised) for word in normalise(gold).split())


def _is_opposite(text: str, gold: str) -> bool:
    return {_direction(text), _direction(gold)} == {"up", "down"}


def _direction(text: str) -> str:
    """Return "up" or "down" if a text says just one of them."""
    up, down = bool(_UP.search(text)), bool(_DOWN.search(text))
    return "" if up == down else "up" if up else "down"
