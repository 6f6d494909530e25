"""How well a span of text supports a sentence, by words (pure): the lexical `Scorer`.

The measure is the share of the sentence's content words that the span has. Three things cap it, since they are how a
fluent sentence is wrong: a number, unit or name that the span lacks, and a negation that only one of the two has.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.canonical import UNITS, canonical

SUPPORTED = 0.6
WEAK = 0.35
"""Least support scores of a `supported` and of a `weak` sentence."""

_CAP = SUPPORTED - 0.01
_NUMBER = re.compile(r"(?<![^\W\d_])\d+(?:d\d+)?(?![^\W\d_])")
_NAME = re.compile(r"[^\W\d_][\w&’'.-]*")
_SENTENCE_START = re.compile(r"^\W*$|[.!?:]\W*$")
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|[a-z]+n['’]t|unable|fail(?:s|ed)? to)\b",
    re.IGNORECASE,
)
_NEGATED_WORDS = 3
_NO_NUMBER = re.compile(r"\bno\.? ?\d", re.IGNORECASE)
_ATTRIBUTION = re.compile(
    r"^\W*(?:according to|based on|as (?:stated|mentioned|described) in|per) (?:the |these )?(?:given |provided )?"
    r"(?:text|source|document|passage|context|information)s?(?: provided| given)?\s*,?\s*",
    re.IGNORECASE,
)
_STARTERS = frozenset(
    "a about according additionally after all also although among an and another any are as at based be because before "
    "both but by can could did do does during each either every few finally first following for from had has have he "
    "her here his how however i if in instead is it its like many may more moreover most much my neither no nor not of "
    "on once one only or other our out over overall several she should since so some such than that the their them "
    "then there therefore these they this those though through thus to under unlike until upon us was we were what "
    "when where whether which while who whose why will with within without would yes yet you your".split()
)
"""Words that begin a sentence with a capital without being names."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A text as words: all that carry meaning, those that must not be missing, and those that are negated."""

    words: frozenset[str]
    essential: frozenset[str]
    negated: frozenset[str]


class LexicalScorer:
    """A `Scorer` by words. `analyze` turns text into stemmed words without stop words."""

    def __init__(self, analyze: Callable[[str], list[str]]) -> None:
        self._analyze = analyze

    def support(self, sentence: str, spans: Sequence[str]) -> list[float]:
        """One score in [0, 1] per span; 0 for a sentence without content words."""
        claim = self._claim(_ATTRIBUTION.sub("", sentence))
        if not claim.words:
            return [0.0] * len(spans)
        return [self._score(claim, self._claim(span)) for span in spans]

    @staticmethod
    def _score(claim: _Claim, span: _Claim) -> float:
        score = len(claim.words & span.words) / len(claim.words)
        contradicts = (claim.negated & (span.words - span.negated)) or (span.negated & (claim.words - claim.negated))
        return min(score, _CAP) if contradicts or not claim.essential <= span.words else score

    def missing(self, sentence: str, text: str) -> list[str]:
        """Numbers, units and names of the sentence that the text has not, as the sentence spells them."""
        there = self._claim(text).words
        return [part for part in _essential_parts(canonical(sentence)) if not set(self._analyze(part)) <= there]

    def _claim(self, text: str) -> _Claim:
        text = canonical(text)
        return _Claim(
            frozenset(self._analyze(text)),
            frozenset(self._analyze(" ".join(_essential_parts(text)))),
            self._negated(text),
        )

    def _negated(self, text: str) -> frozenset[str]:
        """The content words that follow a negation, up to three of them."""
        found: set[str] = set()
        for match in _NEGATION.finditer(text):
            if not _NO_NUMBER.match(text, match.start()):
                clause = re.split(r"[.;:!?]", text[match.end() :], maxsplit=1)[0]
                found.update(self._analyze(clause)[:_NEGATED_WORDS])
        return frozenset(found)


def _essential_parts(text: str) -> list[str]:
    """Numbers with their units, and names, of a text in canonical spelling."""
    parts = []
    for match in _NUMBER.finditer(text):
        following = text[match.end() :].split(maxsplit=1)[:1]
        unit = following[0].lower() if following and following[0].lower() in UNITS else ""
        if unit or match[0] != "1":  # "one" is more often a pronoun than a number
            parts += [match[0], unit] if unit else [match[0]]
    for match in _NAME.finditer(text):
        word = match[0]
        if not word[0].isupper():
            continue
        begins = _SENTENCE_START.search(text[: match.start()]) is not None
        if not begins or word.lower() not in _STARTERS:
            parts.append(word)
    return parts
