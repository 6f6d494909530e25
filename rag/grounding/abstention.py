"""Decide whether an answer stands or is an abstention: several signals, one confidence, one threshold.

    before decoding:  the probe predicts that the passages do not answer, and no text could outweigh that
    after decoding:   no sentence is supported, or the confidence is below the threshold

The confidence is a logistic regression over the signals, fitted once for all questions by
`python -m benchmarks.quality.calibrate`; its curve is in `benchmarks/history/2026.md`. Models without a probe have
coefficients of their own.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.text.analyzer import Analyze, content_text, content_words
from rag.text.document_names import context_lines, readable_name
from rag.text.language import detect_language, passage_languages
from rag.text.message_catalogues import messages_in, to_translate
from rag.text.normalize import normalize
from rag.types import Answer, Certainty, Passage, Sentence, Signals

NOT_FOUND = to_translate("I could not find this in the documents.")
"""The text of an answer that says nothing else, in whatever language people are shown it: see `refusal`."""

UNDECIDED = to_translate("I cannot tell from the documents whether it is yes or no.")
"""The same where the documents seem to answer a question, and whether with yes or with no is not clear."""

STRICTNESS = 0.4
"""Default threshold of confidence: it abstains from one in ten questions that could have been answered. Half of the
questions of the fit had passages that do not answer, so .5 is not the middle."""

WITH_PROBE = {"bias": -0.42, "answerable": 0.65, "support": 0.60}
WITHOUT_PROBE = {"bias": -0.85, "least_log_prob": 0.75, "asked": 0.30, "support": 1.97}
"""Coefficients of the log-odds that the passages answer; beside a probe, the signals left out add nothing. The first
were fitted beside an earlier probe, whose log-odds mean the same: both are scaled to documents left out. The second
bias makes one threshold abstain from as few answerable questions without a probe as with one."""

_UNKNOWN_LOG_PROB = -0.8
"""Assumed where a generator reports no probabilities: a middling value."""

_MIN_LOG_PROB = -6.0
_MAX_LOG_ODDS = 6.0
"""Clipping: beyond these, a less likely token or a surer probe says no more."""


_COMMAND = re.compile(
    r"(?:^|(?<=[.!?] ))(?:please )?(?:list|name|explain|describe|compare|tell|give|show|summari[sz]e)\b(?: (?:me|us))?"
    r"(?: (?:them|all|everything))*",
    re.IGNORECASE,
)
"""What a question tells to do: no passage need have these words."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision on an answer, its confidence and the signals behind it; `missing` as in `Answer`."""

    abstained: bool
    confidence: float
    missing: tuple[str, ...]
    signals: Signals


class Abstention:
    """Judge answers. `analyze` turns text into stemmed words without stop words; `strictness` is the threshold.

    `decided` as in `Signals`.
    """

    def __init__(self, analyze: Analyze, strictness: float = STRICTNESS, decided: float = 1.0) -> None:
        self._analyze = analyze
        self._strictness = strictness
        self._decided = decided

    def at(self, strictness: float | None, decided: float = 1.0) -> "Abstention":
        """Return the same judge, of an answer so `decided`, with another threshold; None keeps this one."""
        return Abstention(self._analyze, self._strictness if strictness is None else strictness, decided)

    def missing(self, text: str, passages: Sequence[Passage]) -> tuple[str, ...]:
        """Return the content words of a question, or of a part of it, that no passage has."""
        return self._missing(text, self._read(passages))

    def is_hopeless(self, certainty: Certainty) -> bool:
        """Return True if no answer could reach the threshold, given the probe's prediction after prefill."""
        best = Signals(Certainty(certainty.answerable, 0.0), 1.0, 1.0, self._decided)
        return certainty.answerable is not None and confidence(best) < self._strictness

    def judge(
        self,
        question: str,
        passages: Sequence[Passage],
        sentences: Sequence[Sentence],
        certainty: Certainty | None,
        translated: str = "",
    ) -> Verdict:
        """Return the verdict on an answer's `sentences`, written from `passages`.

        `translated` is the question in their language, if it was asked in another one.
        """
        read = self._read(passages)
        overlap = self._question_overlap(translated or question, read)
        signals = Signals(certainty or Certainty(), overlap, _mean_support(sentences), self._decided)
        is_supported = any(sentence.support != "unsupported" for sentence in sentences)
        sure = confidence(signals) if is_supported else 0.0
        abstained = not is_supported or sure < self._strictness
        told = [
            (language, words | self._above(passage, language))
            for (language, words), passage in zip(read, passages, strict=True)
        ]
        return Verdict(abstained, sure, self._missing(question, told), signals)

    def _read(self, passages: Sequence[Passage]) -> list[tuple[str, frozenset[str]]]:
        """Return the language of each passage, and its words."""
        texts = [passage.chunk.text for passage in passages]
        return [
            (language, frozenset(self._analyze(normalize(text, language), language)))
            for language, text in zip(passage_languages(texts), texts, strict=True)
        ]

    def _above(self, passage: Passage, language: str) -> frozenset[str]:
        """Return the words of the name, title and headings above a passage: people see these beside it."""
        lines = "\n".join(map(readable_name, context_lines(passage.chunk)))
        return frozenset(self._analyze(normalize(lines, language), language))

    def _question_overlap(self, question: str, read: Sequence[tuple[str, frozenset[str]]]) -> float:
        """Return the largest share of the question's words that a passage has; 1 if it has no content words."""
        own = detect_language(question)
        question = normalize(question, own)
        shares = [0.0] if content_text(question, own) else [1.0]
        for language, words in read:
            asked = frozenset(self._analyze(content_text(question, own or language), language))
            shares.append(len(asked & words) / len(asked) if asked else 1.0)
        return max(shares)

    def _missing(self, question: str, read: Sequence[tuple[str, frozenset[str]]]) -> tuple[str, ...]:
        """Return the question's words that no passage has; none of a question in another language than theirs."""
        own = detect_language(question)
        question = _COMMAND.sub("", question)
        comparable = [(language, words) for language, words in read if language == own or not (language and own)]
        if read and not comparable:
            return ()
        known = comparable or [(own, frozenset[str]())]
        return tuple(word for word in content_words(question, own) if self._is_missing(word, known))

    def _is_missing(self, word: str, read: Sequence[tuple[str, frozenset[str]]]) -> bool:
        stems = [(frozenset(self._analyze(normalize(word, language), language)), words) for language, words in read]
        return all(found and not found & words for found, words in stems)


def confidence(signals: Signals) -> float:
    """Return the estimated probability, in [0, 1], that the passages answer the question, and so as the answer says."""
    return _answered(signals) * signals.decided


def _answered(signals: Signals) -> float:
    """Return the estimated probability that the passages answer the question at all."""
    certainty = signals.certainty
    weights = WITHOUT_PROBE if certainty.answerable is None else WITH_PROBE
    values = features(certainty.answerable, certainty.min_log_prob, signals.question_coverage, signals.support)
    log_odds = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in values.items())
    return 1.0 / (1.0 + math.exp(-log_odds))


def is_abstention(text: str) -> bool:
    """Return True if a text says nothing but that nothing was found: a model may repeat an earlier abstention."""
    return _letters(text) == _letters(NOT_FOUND)


def refusal(answer: Answer) -> str:
    """Return what people are shown in place of an answer that is an abstention, in the language of the question."""
    return messages_in(answer.language).gettext(UNDECIDED if _is_undecided(answer) else NOT_FOUND)


def _is_undecided(answer: Answer) -> bool:
    """Return True if the passages seem to answer a question, and an answer is refused for not being sure of yes or no.

    Support is left out of it: what the model wrote says nothing of the passages. By the default threshold.
    """
    answered = _answered(replace(answer.signals, support=1.0))
    return bool(answer.passages) and answered * answer.signals.decided < STRICTNESS <= answered


def explain(answer: Answer) -> str:
    """Return why an answer is an abstention, in a sentence or two for people; "" if it is none."""
    if not answer.abstained:
        return ""
    gettext = messages_in(answer.language).gettext
    if not answer.passages:
        return gettext("Nothing was found for it.")
    if _is_undecided(answer):
        why = gettext("The passages found do not say it clearly enough: read the nearest of them yourself.")
    elif not answer.sentences:
        why = gettext("The passages found do not seem to answer it.")
    elif all(sentence.support == "unsupported" for sentence in answer.sentences):
        why = gettext("Nothing in them supports what the model wrote: do not rely on it.")
    else:
        why = gettext("The passages found do not seem to answer exactly this: do not rely on what the model wrote.")
    lacking = gettext("Not in any of them: {words}.").format(words=", ".join(answer.missing))
    return f"{why} {lacking}" if answer.missing else why


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
