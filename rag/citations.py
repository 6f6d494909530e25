"""Ties each sentence of an answer to the spans of the shown passages that support it (pure, given a scorer).

Citations are computed, not hoped for: small models do not cite reliably. Whatever the model wrote, each sentence is
compared with every sentence (and pair of neighbouring sentences) of the passages it was shown. Markers `[n]` that it
did write count when they point at a shown passage, and are dropped when they do not.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.interfaces import Scorer
from rag.sentences import sentence_spans
from rag.types import Citation, Passage, Sentence, Span, Support

SUPPORTED = 0.6
WEAK = 0.35
"""Least support scores of a `supported` and of a `weak` sentence."""

_NEAR_BEST = 0.1
_MAX_CITATIONS = 3
_PAIR_GAIN = 0.1
"""Two sentences are quoted instead of one only if that raises the score by so much: short quotes are checked faster."""

_QUESTION_SHARE = 0.2
_MARKER_BONUS = 0.1
_MARKER = re.compile(r"\s?\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<!^)(?<![.!?:] )\b[A-Z]\w+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
}
_NUMBER_WORD = re.compile(r"\b(?:" + "|".join(_NUMBER_WORDS) + r")\b", re.IGNORECASE)


class LexicalScorer:
    """A `Scorer` by words: the share of the sentence's content words and numbers that the span has.

    A sentence with a number or a name that the span lacks is at most weak: a changed figure or another person's name
    is the commonest way for a fluent answer to be wrong. Small numbers match their words ("one year", "1 year").
    """

    def __init__(self, analyze: Callable[[str], list[str]]) -> None:
        self._analyze = analyze

    def support(self, sentence: str, spans: Sequence[str]) -> list[float]:
        """One score in [0, 1] per span; 0 for a sentence without content words."""
        words, essential = self._words(sentence), self._essential(sentence)
        if not words:
            return [0.0] * len(spans)
        return [self._score(words, essential, self._words(span)) for span in spans]

    @staticmethod
    def _score(words: set[str], essential: set[str], span: set[str]) -> float:
        score = len(words & span) / len(words)
        return score if essential <= span else min(score, SUPPORTED - 0.01)

    def _words(self, text: str) -> set[str]:
        return set(self._analyze(_digits(text)))

    def _essential(self, sentence: str) -> set[str]:
        """Words of numbers and of names: capitalised words, but not the first of the sentence."""
        text = _digits(sentence)
        found = [match.group() for match in _NUMBER.finditer(text)]
        found += [match.group() for match in _NAME.finditer(text)]
        return set(self._analyze(" ".join(found)))


def _digits(text: str) -> str:
    """The text with thousands separators removed and small number words in digits."""
    text = _THOUSANDS.sub("", text)
    return _NUMBER_WORD.sub(lambda match: _NUMBER_WORDS[match.group().lower()], text)


@dataclass(frozen=True, slots=True)
class _Candidate:
    number: int
    passage: Passage
    span: Span
    support: float
    rank: float

    def citation(self) -> Citation:
        chunk = self.passage.chunk
        return Citation(
            self.number,
            chunk.document,
            chunk.page,
            chunk.page_label,
            chunk.start + self.span.start,
            chunk.start + self.span.end,
            chunk.text[self.span.start : self.span.end],
            round(self.support, 3),
        )


def cite(answer: str, question: str, passages: Sequence[Passage], scorer: Scorer) -> tuple[Sentence, ...]:
    """The answer's sentences, markers removed, each with its citations and how well it is supported.

    The question breaks ties: of two spans that hold a short answer's words, the one that is also about what was asked.
    """
    spans = [(number, passage, _windows(passage.chunk.text)) for number, passage in enumerate(passages, start=1)]
    about = {number: scorer.support(question, _texts(passage, windows)) for number, passage, windows in spans}
    sentences: list[Sentence] = []
    for span in sentence_spans(answer):
        text, marked = strip_markers(answer[span.start : span.end], len(passages))
        if not text:
            continue
        best = [
            _best_window(
                number,
                passage,
                windows,
                scorer.support(text, _texts(passage, windows)),
                about[number],
                marked=number in marked,
            )
            for number, passage, windows in spans
            if windows
        ]
        sentences.append(_judge(span, text, best))
    return tuple(sentences)


def strip_markers(sentence: str, shown: int) -> tuple[str, frozenset[int]]:
    """The sentence without `[n]` markers, and the numbers among them that point at one of `shown` passages."""
    numbers = {int(n) for match in _MARKER.finditer(sentence) for n in match.group(1).split(",")}
    return _MARKER.sub("", sentence).strip(), frozenset(n for n in numbers if 1 <= n <= shown)


def _windows(text: str) -> list[Span]:
    """Single sentences, then pairs of neighbours."""
    single = sentence_spans(text)
    return single + [Span(a.start, b.end) for a, b in pairwise(single)]


def _texts(passage: Passage, windows: Sequence[Span]) -> list[str]:
    return [passage.chunk.text[window.start : window.end] for window in windows]


def _best_window(
    number: int,
    passage: Passage,
    windows: Sequence[Span],
    support: Sequence[float],
    about: Sequence[float],
    *,
    marked: bool,
) -> _Candidate:
    singles = (len(windows) + 1) // 2
    bonus = _MARKER_BONUS if marked else 0.0
    candidates = [
        _Candidate(
            number,
            passage,
            window,
            score,
            score + _QUESTION_SHARE * asked + bonus - (_PAIR_GAIN if index >= singles else 0.0),
        )
        for index, (window, score, asked) in enumerate(zip(windows, support, about, strict=True))
    ]
    return max(candidates, key=lambda candidate: candidate.rank)


def _judge(span: Span, text: str, best: Sequence[_Candidate]) -> Sentence:
    ranked = sorted((c for c in best if c.support >= WEAK), key=lambda c: -c.rank)
    if not ranked:
        return Sentence(span.start, span.end, text, (), "unsupported")
    near = [c for c in ranked if c.rank >= ranked[0].rank - _NEAR_BEST][:_MAX_CITATIONS]
    support: Support = "supported" if any(c.support >= SUPPORTED for c in near) else "weak"
    return Sentence(span.start, span.end, text, tuple(c.citation() for c in near), support)
