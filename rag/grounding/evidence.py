"""Find the spans of passages that support a claim best, alone or together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.grounding.language_rules import rules_of
from rag.grounding.lexical_scorer import MAX_FLAWED, SUPPORTED, WEAK, is_copied
from rag.interfaces import Scorer
from rag.text.document_names import context_lines, readable_name, short_context
from rag.text.language import detect_language
from rag.text.locations import quote_of
from rag.text.sentences import sentence_spans
from rag.types import Citation, Passage, Span

MAX_SPANS = 3
"""Most spans that may support one claim together."""

_PAIR_GAIN = 0.1
"""Gain in score for which two sentences are quoted instead of one: people check short quotes faster."""

_LACKING = 0.2
"""Loss of a span that lacks a figure of the claim: more than that of two sentences, of which the second may have it.
For names it would let a sentence with a wrong one be cited to any neighbour that has it."""

_QUESTION_SHARE = 0.4
_MARKER_BONUS = 0.1
_SAME_PASSAGE = 0.1
_SAME_WORDS = MAX_FLAWED
"""Two sentences that score this against each other have the same words, but for what they differ in."""

_MIN_FIRST, _MIN_ADDED, _MIN_TOGETHER = 0.4, 0.15, 0.8
"""Support that several spans need: the first alone, each further one in addition, all together. More than one span
needs, since any words can be gathered from here and there."""

_MIN_NEAREST = 0.3
"""Relevance to the question from which a sentence is worth showing with a refusal."""

_MIN_STATEMENT_CHARACTERS, _MAX_STATEMENT_CHARACTERS = 20, 400

_MAX_PARTIAL_CODE = SUPPORTED - 0.01

_BOUNDS = (
    (
        re.compile(r"\b(?:no|not) more than\b|\bnot (?:exceeding|to exceed)\b|\bno longer than\b", re.IGNORECASE),
        "up to",
    ),
    (re.compile(r"\b(?:no|not) later than\b", re.IGNORECASE), "by"),
    (re.compile(r"\b(?:no|not) (?:less|fewer) than\b", re.IGNORECASE), "at least"),
)
_BEYOND = re.compile(r"\b(?:more|longer|later|less|fewer) than\b|\bexceed|\bover\b|\babove\b|\bafter\b", re.IGNORECASE)

_CONJUNCTION = (
    "and|but|while|whereas|including|meaning that|und|aber|sondern|während|wobei|et|mais|tandis que|y|pero|mientras"
)
_CLAUSE_BREAK = re.compile(rf"\s*(?:[;；]\s*(?:(?:{_CONJUNCTION})\s+)?|,\s+(?:{_CONJUNCTION})\s+)", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_WORD_OR_SIGN = re.compile(r"[\u3040-\u9fff]|\w+")
_MIN_CLAUSE_WORDS = 4
"""A part with fewer words is no statement: words so few are found anywhere."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span of a passage with its support for a claim, and its rank among other spans.

    One that supports the claim and that it is copied from comes before all others: neighbouring items of a list may
    have the same words.
    """

    number: int
    passage: Passage
    span: Span
    support: float
    rank: float
    is_copied: bool = False

    @property
    def text(self) -> str:
        """The text to quote."""
        return self.passage.chunk.text[self.span.start : self.span.end]

    def citation(self) -> Citation:
        """Return the span as a citation, with its offsets in the stored page."""
        return quote_of(self.passage.chunk, self.span, self.number, self.support)


class Evidence:
    """The passages of one question, split into sentences and pairs of neighbouring sentences.

    The question breaks ties: of two spans with the words of a short answer, the one about what was asked wins.
    """

    def __init__(self, question: str, passages: Sequence[Passage], scorer: Scorer) -> None:
        self._scorer = scorer
        self._spans = [
            (number, passage, windows)
            for number, passage in enumerate(passages, start=1)
            if (windows := _windows(passage.chunk.text))
        ]
        self._about = {number: self._relevance(question, passage, windows) for number, passage, windows in self._spans}

    def rank_spans(self, claim: str, marked: frozenset[int] = frozenset()) -> list[Candidate]:
        """Return the best span of each passage, best first; passages the model `marked` get a bonus."""
        has_figure = self._lacks_figure(claim, "", "")
        best = [
            self._best(claim, number, passage, windows, marked, has_figure=has_figure)
            for number, passage, windows in self._spans
        ]
        return sorted(best, key=lambda candidate: (not candidate.is_copied, -candidate.rank))

    def nearest_statement(self) -> Candidate | None:
        """Return the sentence that has most of the question's words, a question itself aside; None if few are found."""
        rated = [
            (relevance, -place, Candidate(number, passage, window, relevance, relevance))
            for place, (number, passage, windows) in enumerate(self._spans)
            for relevance, window in zip(self._about[number], _single(windows), strict=False)
            if relevance >= _MIN_NEAREST and _is_statement(passage.chunk.text[window.start : window.end])
        ]
        return max(rated, key=lambda each: each[:2])[2] if rated else None

    def combine_spans(self, claim: str, best: Sequence[Candidate]) -> list[Candidate]:
        """Return two or three spans that support the claim only together, in reading order; [] if none do."""
        starts = [candidate for candidate in best if candidate.support >= _MIN_FIRST]
        if any(self._scorer.contradicts(claim, [start.text for start in starts])):
            return []  # the nearest span contradicts the claim: no other makes up for it
        for start in starts:
            parts = [start]
            while len(parts) < MAX_SPANS and (longer := self._extended(claim, parts, best)):
                parts = longer
                if parts[0].support >= _MIN_TOGETHER:
                    return parts
        return []

    def support_clauses(self, claim: str, best: Sequence[Candidate]) -> list[Candidate]:
        """Return spans of one passage that support a claim's statements one by one; [] if any is not supported.

        Each statement needs as much support as several spans do together. `best` are the spans ranked for the claim:
        one that contradicts a statement it is about denies the whole.
        """
        clauses = _coordinated_clauses(claim)
        starts = [candidate for candidate in best if candidate.support >= _MIN_FIRST]
        if any(self._is_denied(clause, start) for clause in clauses for start in starts):
            return []
        found: list[Candidate] = []
        for clause in clauses:
            ranked = self.rank_spans(clause)
            whole = [candidate for candidate in ranked if candidate.support >= _MIN_TOGETHER][:1]
            if not (sources := whole or self.combine_spans(clause, ranked)):
                return []
            found += [source for source in sources if not any(_overlap(source, other) for other in found)]
        if len({candidate.number for candidate in found}) != 1 or len(found) > MAX_SPANS:
            return []
        quoted = "\n".join(part.text for part in found)
        if self._scorer.missing(claim, quoted, passage_context(found[0].passage)):
            return []
        weakest = min(candidate.support for candidate in found)
        return [replace(part, support=weakest) for part in sorted(found, key=lambda part: part.span.start)]

    def _is_denied(self, clause: str, start: Candidate) -> bool:
        (support,) = self._scorer.support(clause, [start.text], passage_context(start.passage))
        return support >= _MIN_FIRST and self._scorer.contradicts(clause, [start.text])[0]

    def find_contradictions(self, claim: str, cited: Sequence[Candidate]) -> list[Candidate]:
        """Return sentences of uncited passages that match the claim but for one number, unit, name or negation."""
        numbers = {candidate.number for candidate in cited}
        found = []
        for number, passage, windows in self._spans:
            if number in numbers:
                continue
            single = _single(windows)
            scores = self._scorer.support(claim, _texts(passage, single))
            near = [window for window, score in zip(single, scores, strict=True) if score >= _SAME_WORDS]
            found += [Candidate(number, passage, w, 0.0, 0.0) for w in near if self._denies(claim, passage, w)]
        return found

    def _denies(self, claim: str, passage: Passage, window: Span) -> bool:
        claim, text = _both_with_plain_bounds(claim, passage.chunk.text[window.start : window.end])
        (contradicts,) = self._scorer.contradicts(claim, [text])
        (back,) = self._scorer.support(text, [claim])
        if not contradicts or back < _SAME_WORDS:
            return False
        apart = max(len(self._scorer.missing(claim, text)), len(self._scorer.missing(text, claim)))
        return apart == 1 or (apart == 0 and not _deny_in_other_words(claim, text))

    def find_lines(self, lines: Sequence[str]) -> list[Candidate]:
        """Return where passages have these lines of code, scored by the share found; only white space may differ."""
        found = [self._with_lines(lines, number, passage) for number, passage, _ in self._spans]
        return sorted((one for one in found if one), key=lambda candidate: -candidate.rank)

    def _best(
        self,
        claim: str,
        number: int,
        passage: Passage,
        windows: Sequence[Span],
        marked: frozenset[int],
        *,
        has_figure: bool,
    ) -> Candidate:
        support = self._scorer.support(claim, _texts(passage, windows), passage_context(passage))
        singles = len(_single(windows))
        bonus = _MARKER_BONUS if number in marked else 0.0
        copied = self._copied(claim, passage, windows, support)
        lacking = self._lacking(claim, passage, windows, support) if has_figure else [0.0] * len(windows)
        ranked = (
            (is_copy, score + _QUESTION_SHARE * asked + bonus - loss - (_PAIR_GAIN if at >= singles else 0.0), -at)
            for at, (score, is_copy, loss, asked) in enumerate(
                zip(support, copied, lacking, self._about[number], strict=True)
            )
        )
        is_copy, rank, index = max(ranked)
        return Candidate(number, passage, windows[-index], support[-index], rank, is_copy)

    def _lacking(self, claim: str, passage: Passage, windows: Sequence[Span], support: Sequence[float]) -> list[float]:
        """Return the loss of each window that has words of the claim, but not all of its figures."""
        context = passage_context(passage)
        return [
            _LACKING if WEAK <= score < SUPPORTED and self._lacks_figure(claim, text, context) else 0.0
            for score, text in zip(support, _texts(passage, windows), strict=True)
        ]

    def _lacks_figure(self, claim: str, text: str, context: str) -> bool:
        return any(map(_DIGIT.search, self._scorer.missing(claim, text, context)))

    @staticmethod
    def _copied(claim: str, passage: Passage, windows: Sequence[Span], support: Sequence[float]) -> list[bool]:
        """Return for each window whether a claim, one long enough to be a statement, is copied from it and supported.

        It is copied from two sentences only where it runs on from the first into the second.
        """
        if len(_WORD_OR_SIGN.findall(claim)) < _MIN_CLAUSE_WORDS:
            return [False] * len(windows)
        found = [
            score >= SUPPORTED and is_copied(claim, text)
            for score, text in zip(support, _texts(passage, windows), strict=True)
        ]
        singles = found[: len(_single(windows))]
        return singles + [False] * (len(windows) - len(singles)) if any(singles) else found

    def _extended(self, claim: str, parts: Sequence[Candidate], best: Sequence[Candidate]) -> list[Candidate]:
        """Return the parts and the span that adds most, all with their joint score; [] if none adds enough."""
        own = [
            Candidate(number, passage, window, 0.0, _SAME_PASSAGE)
            for number, passage, windows in self._spans
            if number == parts[0].number
            for window in _single(windows)
        ]
        others = [replace(other, rank=0.0) for other in best if other.number != parts[0].number]
        free = [other for other in (*own, *others) if not any(_overlap(other, part) for part in parts)]
        denied = self._scorer.contradicts(claim, [other.text for other in free])
        added = [
            sorted([*parts, other], key=lambda part: (part.number, part.span.start))
            for other, is_denied in zip(free, denied, strict=True)
            if not is_denied
        ]
        scores = self._scorer.support(
            claim,
            ["\n".join(part.text for part in parts) for parts in added],
            passage_context(parts[0].passage),
        )
        before = parts[0].support
        rated = [
            (score + min(part.rank for part in parts), -index)
            for index, (score, parts) in enumerate(zip(scores, added, strict=True))
            if score >= before + _MIN_ADDED
        ]
        if not rated:
            return []
        _, index = max(rated)
        return [replace(part, support=scores[-index]) for part in added[-index]]

    def _relevance(self, question: str, passage: Passage, windows: Sequence[Span]) -> list[float]:
        """Return the relevance of each window to the question: the mean of its own score and its passage's."""
        (whole,) = self._scorer.support(question, [passage.chunk.text])
        return [(score + whole) / 2 for score in self._scorer.support(question, _texts(passage, windows))]

    @staticmethod
    def _with_lines(lines: Sequence[str], number: int, passage: Passage) -> Candidate | None:
        text = passage.chunk.text
        found = [(line, match) for line in lines if (match := _spaced(line).search(text))]
        if not found:
            return None
        share = sum(len(line) for line, _ in found) / sum(map(len, lines))
        support = 1.0 if len(found) == len(lines) else min(share, _MAX_PARTIAL_CODE)
        span = Span(min(match.start() for _, match in found), max(match.end() for _, match in found))
        return Candidate(number, passage, span, support, support)


def _windows(text: str) -> list[Span]:
    """Return single sentences, then pairs of neighbours."""
    single = sentence_spans(text)
    return single + [Span(a.start, b.end) for a, b in pairwise(single)]


def _single(windows: Sequence[Span]) -> Sequence[Span]:
    """Return the windows of one sentence."""
    return windows[: (len(windows) + 1) // 2]


def _is_statement(text: str) -> bool:
    """Return True for a sentence that says something and can be read at a glance: no question, heading or table."""
    text = text.strip()
    is_readable = _MIN_STATEMENT_CHARACTERS <= len(text) <= _MAX_STATEMENT_CHARACTERS
    return is_readable and text[-1] not in "?？:|" and not text.startswith(("#", "|"))


def _texts(passage: Passage, windows: Sequence[Span]) -> list[str]:
    return [passage.chunk.text[window.start : window.end] for window in windows]


def passage_context(passage: Passage) -> str:
    """Return the document's name, title and the headings above a passage, as in the prompt."""
    return "\n".join(filter(None, context_lines(passage.chunk)))


def passage_subject(passage: Passage) -> str:
    """Return what a passage is about: its document's title, else the name, and the innermost headings above it."""
    chunk = passage.chunk
    return short_context(chunk.title or readable_name(chunk.document), chunk.heading)


def _both_with_plain_bounds(one: str, other: str) -> tuple[str, str]:
    """Return two sentences with "up to" for "no more than" and the like, unless one speaks of what is beyond."""
    plain_one, plain_other = _with_plain_bounds(one), _with_plain_bounds(other)
    if _BEYOND.search(plain_one) or _BEYOND.search(plain_other):
        return one, other
    return plain_one, plain_other


def _deny_in_other_words(one: str, other: str) -> bool:
    """Return True if one of two sentences negates and the other denies by a word: "not allowed" and "prohibited"."""
    rules = rules_of(detect_language(f"{one} {other}"))
    negated = [bool(rules.negation.search(text)) for text in (one, other)]
    denied = [bool(rules.denial.search(text)) for text in (one, other)]
    return negated[0] != negated[1] and denied[0] != denied[1] and negated[0] == denied[1]


def _with_plain_bounds(text: str) -> str:
    for pattern, plain in _BOUNDS:
        text = pattern.sub(plain, text)
    return text


def _coordinated_clauses(claim: str) -> list[str]:
    """Return the statements of a claim in order; none if it has only one, or if a part of it is too short for one.

    Only a conjunction behind a comma, or a semicolon, parts statements: "and" alone joins words as often as clauses.
    """
    parts = [part for part in _CLAUSE_BREAK.split(claim.strip()) if part.strip()]
    is_whole = all(len(_WORD_OR_SIGN.findall(part)) >= _MIN_CLAUSE_WORDS for part in parts)
    return parts if is_whole and len(parts) > 1 else []


def _overlap(one: Candidate, other: Candidate) -> bool:
    same = one.number == other.number
    return same and one.span.start < other.span.end and other.span.start < one.span.end


def _spaced(line: str) -> re.Pattern[str]:
    """Return a pattern for the line with any white space between its words."""
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, line.split())) + r"(?!\w)")
