"""Shorten passages to the sentences nearest to the question, where reading them whole would take too long.

Each passage keeps one run of sentences, so that it is still a stretch of its page that can be quoted exactly.
"""

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter

from rag.interfaces import Embedder
from rag.retrieval.sentence_ranking import ranked_sentences
from rag.types import Passage, Span

_HEADER_CHARACTERS = 100
"""What a passage takes beside its text: where it is from, and the marks around it."""


def nearest_sentences(
    passages: Sequence[Passage], wordings: Sequence[str], embedder: Embedder, max_characters: int
) -> list[Passage]:
    """Return the passages, best first, as much of them as has room: the nearest sentences, then those around them.

    `wordings` are the question as it was asked and its translations. At least one sentence is kept. A passage
    none of whose sentences has room is left out.
    """
    ranked = ranked_sentences(passages, wordings, embedder)
    sentences: list[list[Span]] = [[] for _ in passages]
    for each in sorted(ranked, key=attrgetter("passage", "number")):
        sentences[each.passage].append(each.span)
    runs = _Runs(sentences, max_characters)
    for each in ranked:
        runs.take(each.passage, each.number)
    for each in ranked:
        runs.widen(each.passage)
    return [_cut(passages[at], sentences[at], run) for at, run in sorted(runs.taken.items())]


class _Runs:
    """A run of sentences for each passage, as far as there is room."""

    def __init__(self, sentences: Sequence[Sequence[Span]], room: int) -> None:
        self._sentences = sentences
        self._room = room
        self.taken: dict[int, range] = {}

    def take(self, at: int, number: int) -> None:
        """Take a sentence of a passage, and what lies between it and those taken before."""
        old = self.taken.get(at)
        new = range(min(number, old.start), max(number + 1, old.stop)) if old else range(number, number + 1)
        cost = self._size(at, new) - (self._size(at, old) if old else -_HEADER_CHARACTERS)
        if cost <= self._room or not self.taken:
            self._room -= cost
            self.taken[at] = new

    def widen(self, at: int) -> None:
        """Take the sentence before a passage's run, then the one after it."""
        if run := self.taken.get(at):
            for number in (run.start - 1, run.stop):
                if 0 <= number < len(self._sentences[at]):
                    self.take(at, number)

    def _size(self, at: int, run: range) -> int:
        spans = self._sentences[at]
        return spans[run.stop - 1].end - spans[run.start].start


def _cut(passage: Passage, spans: Sequence[Span], run: range) -> Passage:
    chunk = passage.chunk
    begin, end = spans[run.start].start, spans[run.stop - 1].end
    if run == range(len(spans)):
        return passage
    cut = replace(
        chunk,
        text=chunk.text[begin:end],
        start=chunk.start + begin,
        end=chunk.start + end,
        line=chunk.line and chunk.line + chunk.text.count("\n", 0, begin),
    )
    return replace(passage, chunk=cut)
