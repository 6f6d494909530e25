"""Decide whether an answer stands or is an abstention: several signals, one confidence, one threshold (pure).

    before decoding:  the probe predicts that the passages do not answer, and no text could outweigh that
    after decoding:   no sentence is supported, or the confidence is below the threshold

The confidence is a logistic regression over the signals, fitted once (`citewell eval calibrate`) for all questions; its
curve is in `benchmarks/RESULTS.md`. Models without a probe have coefficients of their own.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.text.analyzer import content_words
from rag.text.normalize import normalize
from rag.types import Answer, Certainty, Passage, Sentence, Signals

NOT_FOUND = "I could not find this in the documents."

STRICTNESS = 0.4
"""Default threshold of confidence: it abstains from one in ten questions that could have been answered. Half of the
questions of the fit had passages that do not answer, so .5 is not the middle."""

WITH_PROBE = {"bias": -0.42, "answerable": 0.65, "support": 0.60}
WITHOUT_PROBE = {"bias": -0.85, "least_log_prob": 0.75, "asked": 0.30, "support": 1.97}
"""Coefficients of the log-odds that the passages answer; beside a probe, the signals left out add nothing. The second
bias makes one threshold abstain from as few answerable questions without a probe as with one."""

_UNKNOWN_LOG_PROB = -0.8
"""Assumed where a generator reports no probabilities: a middling value."""

_MIN_LOG_PROB = -6.0
_MAX_LOG_ODDS = 6.0
"""Clipping: beyond these, a less likely token or a surer probe says no more."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision on an answer, its confidence and the signals behind it; `missing` as in `Answer`."""

    abstained: bool
    confidence: float
    missing: tuple[str, ...]
    signals: Signals


class Abstention:
    """Judge answers. `analyze` turns text into stemmed words without stop words; `strictness` is the threshold."""

    def __init__(self, analyze: Callable[[str], list[str]], strictness: float = STRICTNESS) -> None:
        self._analyze = analyze
        self._strictness = strictness

    def at(self, strictness: float | None) -> "Abstention":
        """Return the same judge with another threshold; None keeps this one."""
        return self if strictness is None else Abstention(self._analyze, strictness)

    def is_hopeless(self, certainty: Certainty) -> bool:
        """Return True if no answer could reach the threshold, given the probe's prediction after prefill."""
        best = Signals(Certainty(certainty.answerable, 0.0), 1.0, 1.0)
        return certainty.answerable is not None and confidence(best) < self._strictness

    def judge(
        self,
        question: str,
        passages: Sequence[Passage],
        sentences: Sequence[Sentence],
        certainty: Certainty | None,
    ) -> Verdict:
        """Return the verdict on an answer's `sentences`, written from `passages`."""
        read = [frozenset(self._analyze(normalize(passage.chunk.text))) for passage in passages]
        signals = Signals(certainty or Certainty(), self._question_overlap(question, read), _mean_support(sentences))
        is_supported = any(sentence.support != "unsupported" for sentence in sentences)
        sure = confidence(signals) if is_supported else 0.0
        abstained = not is_supported or sure < self._strictness
        return Verdict(abstained, sure, self._missing(question, read), signals)

    def _question_overlap(self, question: str, read: Sequence[frozenset[str]]) -> float:
        asked = frozenset(self._analyze(" ".join(content_words(normalize(question)))))
        return max((len(asked & words) / len(asked) for words in read), default=0.0) if asked else 1.0

    def _missing(self, question: str, read: Sequence[frozenset[str]]) -> tuple[str, ...]:
        known = frozenset[str]().union(*read)
        stems = {word: self._analyze(normalize(word)) for word in content_words(question)}
        return tuple(word for word, found in stems.items() if found and not known & set(found))


def confidence(signals: Signals) -> float:
    """Return the estimated probability, in [0, 1], that the passages answer the question."""
    certainty = signals.certainty
    weights = WITHOUT_PROBE if certainty.answerable is None else WITH_PROBE
    values = features(certainty.answerable, certainty.min_log_prob, signals.question_coverage, signals.support)
    log_odds = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in values.items())
    return 1.0 / (1.0 + math.exp(-log_odds))


def is_abstention(text: str) -> bool:
    """Return True if a text says nothing but that nothing was found: a model may repeat an earlier abstention."""
    return _letters(text) == _letters(NOT_FOUND)


def explain(answer: Answer) -> str:
    """Return why an answer is an abstention, in a sentence or two for people; "" if it is none."""
    if not answer.abstained:
        return ""
    if not answer.passages:
        return "Nothing was found for it."
    if not answer.sentences:
        why = "The passages found do not seem to answer it."
    elif all(sentence.support == "unsupported" for sentence in answer.sentences):
        why = "Nothing in them supports what the model wrote: do not rely on it."
    else:
        why = "The passages found do not seem to answer exactly this: do not rely on what the model wrote."
    return f"{why} Not in any of them: {', '.join(answer.missing)}." if answer.missing else why


def features(answerable: float | None, least_log_prob: float | None, asked: float, support: float) -> dict[str, float]:
    """Return the signals by name, as the confidence weighs them."""
    log_prob = _UNKNOWN_LOG_PROB if least_log_prob is None else least_log_prob
    return {
        "answerable": max(-_MAX_LOG_ODDS, min(_MAX_LOG_ODDS, answerable or 0.0)),
        "least_log_prob": max(_MIN_LOG_PROB, log_prob),
        "asked": asked,
        "support": support,
    }


def _mean_support(sentences: Sequence[Sentence]) -> float:
    best = [max((citation.score for citation in sentence.citations), default=0.0) for sentence in sentences]
    return sum(best) / len(best) if best else 0.0


def _letters(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
