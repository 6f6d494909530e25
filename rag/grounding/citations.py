"""Cite the spans of passages that support each sentence of an answer.

Citations are computed, because small models do not cite reliably. Each sentence is compared with every sentence (and
pair of neighbouring sentences) of the passages in the prompt, and where no single one supports it, with two or three of
them together. Markers `[n]` that the model wrote are a hint if they point at a passage, and are removed.

A list item and a row of a table are sentences. A block of code is one: its lines must be in the passage verbatim.
A sentence that says a result computed from cells of tables is cited with these cells' rows.
Lines without a claim are not judged: those without a letter or digit, table headers, and lines that only introduce what
follows.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.grounding.computed_evidence import cite_computed
from rag.grounding.evidence import MAX_SPANS, Candidate, Evidence, passage_context, passage_subject
from rag.grounding.lexical_scorer import MAX_FLAWED, SUPPORTED, WEAK
from rag.grounding.markers import strip_markers, without_markers
from rag.grounding.near_meaning import NearMeaning
from rag.interfaces import Scorer
from rag.text.item_lists import item_depth
from rag.text.markdown_code import Code, code_lines, find_code
from rag.text.sentences import sentence_spans, without_enumerator
from rag.text.yes_no_words import without_yes_no
from rag.types import Answer, Computed, Passage, Sentence, Span, Support

_NEAR_BEST = 0.02
"""A further passage is cited only where it supports the sentence as fully as the best one, and ranks as high."""

PROBABLE, CERTAIN = 0.5, 0.95
"""Probabilities that quotes say a sentence, by the second opinion, from which on it is supported. The second is for
quotes that have the sentence's words, but a name, an antonym or a negation among them is out of place: there a judge
who says yes is wrong in one of four cases, and in one of twenty where nothing is."""

_TABLE_RULE = re.compile(r"\|[|:\- \t]*")


class Citer:
    """Cite one answer, sentence by sentence while it streams; `near` also compares meanings, for a summary."""

    def __init__(
        self,
        question: str,
        passages: Sequence[Passage],
        scorer: Scorer,
        computed: Computed | None = None,
        near: NearMeaning | None = None,
    ) -> None:
        self._passages = passages
        self._known = "\n".join([question, *(passage.chunk.text for passage in passages)])
        self._computed = computed
        self._near = near
        self._scorer = scorer
        self._evidence = Evidence(question, passages, scorer)
        self._judged: dict[tuple[Span, str, tuple[Code, ...]], Sentence | None] = {}

    def sentences(self, answer: str, *, finished: bool = True) -> tuple[Sentence, ...]:
        """Return the answer's sentences, markers removed, each with its citations and support.

        While the answer streams (`finished` is False), the last one is left out: it may go on. None is judged twice.
        """
        code = find_code(answer)
        spans = _spans(answer, [each for each in code if each.is_block])
        judged = []
        for index, span in enumerate(spans if finished else spans[:-1]):
            following = spans[index + 1] if index + 1 < len(spans) else None
            sentence = self._sentence(answer, span, code)
            if sentence and not _introduces(sentence, answer, following):
                judged.append(sentence)
        return tuple(judged)

    def with_nearest(self, answer: Answer) -> Answer:
        """Return a refusal with the statement of the passages that is nearest to the question, if any is near."""
        nearest = self._evidence.nearest_statement() if answer.abstained else None
        return replace(answer, nearest=nearest.citation()) if nearest else answer

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
        if code and code[0].is_block:  # a block is a sentence of its own
            lines = code_lines(code[0].content)
            return _sentence(span, written, _best_sources(self._evidence.find_lines(lines))) if lines else None
        text, marked = strip_markers(written, len(self._passages), code)
        claim = claim_of(text)
        if not any(map(str.isalnum, claim)):
            return None
        if computed := cite_computed(claim, self._computed, self._passages) if self._computed else ():
            return Sentence(start=span.start, end=span.end, text=text, citations=computed, support="supported")
        best = self._evidence.rank_spans(claim, marked)
        sources = self._together(claim, best) or _best_sources(best)
        near = sources or [each for each in best[:1] if each.support > 0]
        judged = self._with_second_opinion(claim, _sentence(span, text, sources), near)
        if judged.support == "supported":
            return replace(
                judged, disputed=tuple(c.citation() for c in self._evidence.find_contradictions(claim, sources))
            )
        judged = replace(judged, missing=self._missing(claim, sources))
        return self._near.support(claim, judged) if self._near else judged

    def _missing(self, claim: str, sources: Sequence[Candidate]) -> tuple[str, ...]:
        """Return the facts that the quotes lack; those that all passages lack, if none is quoted."""
        texts = [source.text for source in sources] or [passage.chunk.text for passage in self._passages]
        above = [passage_context(source.passage) for source in sources] or map(passage_context, self._passages)
        return certain_facts(self._scorer.missing(claim, "\n".join(texts), "\n".join(above)), claim, self._known)

    def _together(self, claim: str, best: Sequence[Candidate]) -> list[Candidate]:
        """Return several spans that support a claim which none supports alone; [] if one does, or none do.

        A sentence of a summary may say what several sentences of one section say, statement by statement.
        """
        if any(candidate.support >= SUPPORTED for candidate in best):
            return []
        combined = self._evidence.combine_spans(claim, best)
        return combined or (self._evidence.support_clauses(claim, best) if self._near else [])

    def _with_second_opinion(self, claim: str, judged: Sentence, near: Sequence[Candidate]) -> Sentence:
        """Return the verdict after the scorer's second opinion, which outweighs no missing fact or misplaced figure.

        `near` are the sentence's sources; if it has none, the span that is nearest in words.
        """
        if not near:
            return judged
        quoted = " ".join(source.text for source in near)
        passage, words = near[0].passage, near[0].support
        if judged.support != "supported" and (
            certain_facts(self._scorer.missing(claim, quoted, passage_context(passage)), claim, self._known)
            or self._scorer.misplaces(claim, quoted)
        ):
            return judged
        opinion = self._scorer.opinion(claim, quoted, passage_subject(passage))
        needed = CERTAIN if MAX_FLAWED <= words < SUPPORTED else PROBABLE
        if opinion is None or not (judged.citations or opinion >= needed):
            return judged
        citations = judged.citations or tuple(source.citation() for source in near)
        support: Support = "supported" if opinion >= needed else "weak"
        return replace(judged, support=support, citations=citations, meaning=round(opinion, 3))


def weakest(sentences: Iterable[Sentence]) -> Support | None:
    """Return the worst support of sentences; None of none."""
    order: tuple[Support, ...] = ("unsupported", "weak", "supported")
    return min((sentence.support for sentence in sentences), key=order.index, default=None)


def certain_facts(facts: Iterable[str], claim: str, known: str) -> tuple[str, ...]:
    """Return those facts of a claim that a quote must have whatever else it says: figures, and what is surely a name.

    A word that begins a sentence or stands before a label's colon has its capital there ("Travellers", "Deadline:"),
    unless `known`, the question and the passages, has it with a capital inside a sentence.
    """
    return tuple(fact for fact in facts if not _begins_sentence(fact, claim) or _is_inside(fact, known))


def _begins_sentence(word: str, claim: str) -> bool:
    """Return True if the word is where any word has a capital, with no other and no figure behind it ("May 3")."""
    found = re.search(rf"(?:^|[.!?:]\s)\W*{re.escape(word)}(?!\w)(?!\s+[A-Z\d])", claim)
    return bool(found) and word[1:].islower()


def _is_inside(word: str, text: str) -> bool:
    return bool(re.search(rf"\w[,;]? {re.escape(word)}(?!\w)", text))


def claim_of(text: str) -> str:
    """Return what a sentence claims: without markers, the number of a list's item, and a "Yes" or "No" before it."""
    return without_yes_no(without_enumerator(without_markers(text)))


def cite(answer: str, question: str, passages: Sequence[Passage], scorer: Scorer) -> tuple[Sentence, ...]:
    """Return the cited sentences of a finished answer; see `Citer`."""
    return Citer(question, passages, scorer).sentences(answer)


def _spans(answer: str, blocks: Sequence[Code]) -> list[Span]:
    """Return the spans of sentences, rows of tables, and blocks of code whole."""
    spans: list[Span] = []
    at = 0
    for block in [*(Span(block.start, block.end) for block in blocks), Span(len(answer), len(answer))]:
        for span in sentence_spans(answer, at, block.start):
            if spans and _is_aside(answer, spans[-1], span):
                spans[-1] = Span(spans[-1].start, span.end)
            else:
                spans += _rows(answer, span) if answer[span.start] == "|" else [span]
        spans += [block] if block.start < block.end else []
        at = block.end
    return spans


def _is_aside(answer: str, before: Span, span: Span) -> bool:
    """Return whether a span is in brackets behind a sentence on its line, and so a part of it: "(See §6.2.)"."""
    is_bracketed = answer[span.start] == "(" and answer.find(")", span.start) == span.end - 1
    return is_bracketed and "\n" not in answer[before.start : span.start]


def _rows(answer: str, table: Span) -> list[Span]:
    """Return the spans of a table's rows; the rule below the header belongs to it."""
    rows: list[Span] = []
    for match in re.finditer(r"\S[^\n]*", answer[table.start : table.end]):
        row = Span(table.start + match.start(), table.start + match.start() + len(match[0].rstrip()))
        if rows and _TABLE_RULE.fullmatch(match[0].strip()):
            rows[-1] = Span(rows[-1].start, row.end)
        else:
            rows.append(row)
    return rows


def _introduces(sentence: Sentence, answer: str, following: Span | None) -> bool:
    """Return True for a table's header, and for an unsupported line up to a colon, which makes no claim itself.

    An item introduces only what is deeper: "- Deposit:" above "- Rent:" is to be in a source.
    """
    if following is None:
        return False
    following_line = answer[following.start : following.end].split("\n", 1)[0].strip()
    below = [*sentence.text.split("\n")[1:], following_line]
    is_header = sentence.text.startswith("|") and any(_TABLE_RULE.fullmatch(line.strip()) for line in below)
    if is_header or sentence.support != "unsupported" or not sentence.text.rstrip("*_ ").endswith(":"):
        return is_header
    depth, next_depth = item_depth(answer, sentence.start), item_depth(answer, following.start)
    return depth is None or next_depth is None or next_depth > depth


def _best_sources(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the best of ranked candidates, a supporting one before one that only ranks high, and others as good."""
    usable = sorted((c for c in candidates if c.support >= WEAK), key=lambda c: c.support < SUPPORTED)
    best = [c for c in usable if c.rank >= usable[0].rank - _NEAR_BEST and c.support >= usable[0].support - _NEAR_BEST]
    return best[:MAX_SPANS]


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
