"""Ties each sentence of an answer to the spans of the shown passages that support it (pure, given a scorer).

Citations are computed, not hoped for: small models do not cite reliably. Whatever the model wrote, each sentence is
compared with every sentence (and pair of neighbouring sentences) of the passages it was shown, and where none carries
it alone, with two or three of them together. Markers `[n]` that the model did write count when they point at a shown
passage, and are dropped when they do not.

A list item and a row of a table are sentences. A block of code is one: its lines must be in the source as they are.
What says nothing is not judged: a line without a letter, a table's header, a line that only announces what follows.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.grounding.evidence import PARTS, Candidate, Evidence
from rag.grounding.lexical_scorer import SUPPORTED, WEAK
from rag.grounding.markers import strip_markers, without_markers
from rag.interfaces import Scorer
from rag.text.markdown_code import Code, code_lines, find_code
from rag.text.sentences import sentence_spans
from rag.types import Passage, Sentence, Span, Support

_NEAR_BEST = 0.02
"""A further source is cited only where it carries the sentence as fully as the best, and is as near to the question."""

_TABLE_RULE = re.compile(r"\|[|:\- \t]*")


class Citer:
    """Cites one answer, sentence by sentence while it is written."""

    def __init__(self, question: str, passages: Sequence[Passage], scorer: Scorer) -> None:
        self._passages = passages
        self._scorer = scorer
        self._evidence = Evidence(question, passages, scorer)
        self._judged: dict[tuple[Span, str, tuple[Code, ...]], Sentence | None] = {}

    def sentences(self, answer: str, *, finished: bool = True) -> tuple[Sentence, ...]:
        """The answer's sentences, markers removed, each with its citations and how well it is supported.

        Of an answer that is still being written, all but the last: that one may go on. None is judged twice.
        """
        code = find_code(answer)
        spans = _spans(answer, [each for each in code if each.is_block])
        judged = []
        for index, span in enumerate(spans if finished else spans[:-1]):
            following = spans[index + 1] if index + 1 < len(spans) else None
            sentence = self._sentence(answer, span, code)
            if sentence and not _announces(sentence, answer, following):
                judged.append(sentence)
        return tuple(judged)

    def _sentence(self, answer: str, span: Span, code: Sequence[Code]) -> Sentence | None:
        written = answer[span.start : span.end]
        inside = tuple(
            each._replace(start=each.start - span.start, end=each.end - span.start)
            for each in code
            if each.start < span.end and span.start < each.end
        )
        key = (span, written, inside)
        if key not in self._judged:
            self._judged[key] = self._judge(span, written, inside)
        return self._judged[key]

    def _judge(self, span: Span, written: str, code: Sequence[Code]) -> Sentence | None:
        if code and code[0].is_block:  # and so all of the sentence
            lines = code_lines(code[0].content)
            return _sentence(span, written, _best_sources(self._evidence.of_code(lines))) if lines else None
        text, marked = strip_markers(written, len(self._passages), code)
        claim = without_markers(text)
        if not any(map(str.isalnum, claim)):
            return None
        best = self._evidence.of_claim(claim, marked)
        combined = [] if any(c.support >= SUPPORTED for c in best) else self._evidence.combine_spans(claim, best)
        sources = combined or _best_sources(best)
        judged = self._reconsidered(claim, _sentence(span, text, sources), sources)
        if judged.support == "supported":
            return replace(
                judged, disputed=tuple(c.citation() for c in self._evidence.find_contradictions(claim, sources))
            )
        read = [citation.quote for citation in judged.citations] or [p.chunk.text for p in self._passages]
        return replace(judged, missing=tuple(self._scorer.missing(claim, "\n".join(read))))

    def _reconsidered(self, claim: str, judged: Sentence, sources: Sequence[Candidate]) -> Sentence:
        """The verdict after a second opinion. What is missing or contradicted by words stays as it is."""
        if not sources:
            return judged
        quoted = " ".join(source.text for source in sources)
        if judged.support == "supported":
            return replace(judged, support="weak") if self._scorer.refutes(claim, quoted) else judged
        amiss = self._scorer.missing(claim, quoted) or any(self._scorer.contradicts(claim, [quoted]))
        return judged if amiss or not self._scorer.confirms(claim, quoted) else replace(judged, support="supported")


def cite(answer: str, question: str, passages: Sequence[Passage], scorer: Scorer) -> tuple[Sentence, ...]:
    """The sentences of a finished answer; see `Citer`."""
    return Citer(question, passages, scorer).sentences(answer)


def _spans(answer: str, blocks: Sequence[Code]) -> list[Span]:
    """Return the spans of sentences, rows of tables, and blocks of code whole."""
    spans: list[Span] = []
    at = 0
    for block in [*(Span(block.start, block.end) for block in blocks), Span(len(answer), len(answer))]:
        for span in sentence_spans(answer, at, block.start):
            spans += _rows(answer, span) if answer[span.start] == "|" else [span]
        spans += [block] if block.start < block.end else []
        at = block.end
    return spans


def _rows(answer: str, table: Span) -> list[Span]:
    """A row with the rule below it, if there is one, and each further row."""
    rows: list[Span] = []
    for match in re.finditer(r"\S[^\n]*", answer[table.start : table.end]):
        row = Span(table.start + match.start(), table.start + match.start() + len(match[0].rstrip()))
        if rows and _TABLE_RULE.fullmatch(match[0].strip()):
            rows[-1] = Span(rows[-1].start, row.end)
        else:
            rows.append(row)
    return rows


def _announces(sentence: Sentence, answer: str, following: Span | None) -> bool:
    """Whether it only names what follows: a table's header; a line up to a colon that nothing supports by itself."""
    if following is None:
        return False
    following_line = answer[following.start : following.end].split("\n", 1)[0].strip()
    below = [*sentence.text.split("\n")[1:], following_line]
    is_header = sentence.text.startswith("|") and any(_TABLE_RULE.fullmatch(line.strip()) for line in below)
    return is_header or (sentence.support == "unsupported" and sentence.text.rstrip("*_ ").endswith(":"))


def _best_sources(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best one, one that supports before one that is only near the question, and others that are as good."""
    able = sorted((c for c in candidates if c.support >= WEAK), key=lambda c: (c.support < SUPPORTED, -c.rank))
    return [c for c in able if c.rank >= able[0].rank - _NEAR_BEST and c.support >= able[0].support - _NEAR_BEST][
        :PARTS
    ]


def _sentence(span: Span, text: str, sources: Sequence[Candidate]) -> Sentence:
    support: Support = "unsupported"
    if sources:
        support = "supported" if sources[0].support >= SUPPORTED else "weak"
    return Sentence(
        start=span.start,
        end=span.end,
        text=text,
        citations=tuple(source.citation() for source in sources),
        support=support,
    )
