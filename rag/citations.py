"""Ties each sentence of an answer to the spans of the shown passages that support it (pure, given a scorer).

Citations are computed, not hoped for: small models do not cite reliably. Whatever the model wrote, each sentence is
compared with every sentence (and pair of neighbouring sentences) of the passages it was shown. Markers `[n]` that it
did write count when they point at a shown passage, and are dropped when they do not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.interfaces import Scorer
from rag.sentences import sentence_spans
from rag.support import SUPPORTED, WEAK
from rag.types import Citation, Passage, Sentence, Span, Support

_NEAR_BEST = 0.1
_MAX_CITATIONS = 3
_PAIR_GAIN = 0.1
"""Two sentences are quoted instead of one only if that raises the score by so much: short quotes are checked faster."""

_QUESTION_SHARE = 0.2
_MARKER_BONUS = 0.1
_MARKER = re.compile(r"\s?\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")


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


class Citer:
    """Cites one answer, sentence by sentence while it is written.

    The question breaks ties: of two spans that hold a short answer's words, the one that is also about what was asked.
    """

    def __init__(self, question: str, passages: Sequence[Passage], scorer: Scorer) -> None:
        self._scorer = scorer
        self._shown = len(passages)
        self._spans = [(n, passage, _windows(passage.chunk.text)) for n, passage in enumerate(passages, start=1)]
        self._about = {n: scorer.support(question, _texts(passage, windows)) for n, passage, windows in self._spans}
        self._judged: dict[tuple[int, int, str], Sentence | None] = {}

    def sentences(self, answer: str, *, finished: bool = True) -> tuple[Sentence, ...]:
        """The answer's sentences, markers removed, each with its citations and how well it is supported.

        Of an answer that is still being written, all but the last: that one may go on. None is judged twice.
        """
        spans = sentence_spans(answer)
        judged = [self._sentence(answer, span) for span in (spans if finished else spans[:-1])]
        return tuple(sentence for sentence in judged if sentence is not None)

    def _sentence(self, answer: str, span: Span) -> Sentence | None:
        key = (span.start, span.end, answer[span.start : span.end])
        if key not in self._judged:
            self._judged[key] = self._judge(span, key[2])
        return self._judged[key]

    def _judge(self, span: Span, written: str) -> Sentence | None:
        text, marked = strip_markers(written, self._shown)
        if not text:
            return None
        best = [
            _best_window(
                number,
                passage,
                windows,
                self._scorer.support(text, _texts(passage, windows)),
                self._about[number],
                marked=number in marked,
            )
            for number, passage, windows in self._spans
            if windows
        ]
        return _verdict(span, text, best)


def cite(answer: str, question: str, passages: Sequence[Passage], scorer: Scorer) -> tuple[Sentence, ...]:
    """The sentences of a finished answer; see `Citer`."""
    return Citer(question, passages, scorer).sentences(answer)


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


def _verdict(span: Span, text: str, best: Sequence[_Candidate]) -> Sentence:
    ranked = sorted((c for c in best if c.support >= WEAK), key=lambda c: -c.rank)
    if not ranked:
        return Sentence(span.start, span.end, text, (), "unsupported")
    near = [c for c in ranked if c.rank >= ranked[0].rank - _NEAR_BEST][:_MAX_CITATIONS]
    support: Support = "supported" if any(c.support >= SUPPORTED for c in near) else "weak"
    return Sentence(span.start, span.end, text, tuple(c.citation() for c in near), support)
