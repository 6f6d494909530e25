"""Read a long document in several passes: its summary gets a paragraph for each group of passages.

A small model names what stands at the beginning and the end of a long prompt, and forgets its middle. Shorter prompts
cost no more in all, and the first words come sooner. (Compare the hierarchical merging of BooookScore, Chang et al.
2023, 2310.00785; a merged text would have to be written, and checked, again.) A pass for each part of a question, or
each thing compared, was tried and made answers worse (`benchmarks/RESULTS.md`).
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import fields, replace

from rag.interfaces import TextDelta, ThoughtDelta
from rag.prompting.prompt import Prompt
from rag.types import Certainty, GenerationStats, Passage, StopReason

_GOES_ON = ("end", "stop", "length")


_JOINT = "\n\n"


def grouped(passages: Sequence[Passage], max_characters: int) -> list[list[Passage]]:
    """Return passages in groups of about the same size, in order, each of at most `max_characters` if possible."""
    total = sum(len(passage.chunk.text) for passage in passages)
    count = max(1, -(-total // max_characters))
    groups: list[list[Passage]] = [[] for _ in range(count)]
    done = 0
    for passage in passages:
        size = len(passage.chunk.text)
        groups[min(count - 1, int((done + size / 2) * count / max(total, 1)))].append(passage)
        done += size
    return [group for group in groups if group]


def in_passes(prompts: Sequence[Prompt], begin: Callable[[Prompt], Iterator[TextDelta]]) -> Generator[TextDelta]:
    """Yield the deltas of one pass after the other as those of one text; one that is stopped is the last.

    `begin` generates from a prompt.
    """
    merged = _Merged()
    for prompt in prompts:
        merged.begin()
        deltas = begin(prompt)
        try:
            for delta in deltas:
                yield from merged.take(delta)
        finally:
            if isinstance(deltas, Generator):
                deltas.close()
        if merged.reason not in _GOES_ON:
            break
    yield merged.last()


class _Merged:
    """The deltas of several passes as those of one text; the surest pass counts, and the least likely token of all."""

    def __init__(self) -> None:
        self.reason: StopReason = "end"
        self._pending = ""
        self._has_text = False
        self._before = self._tokens = 0
        self._stats = GenerationStats()
        self._certainty = Certainty()

    def take(self, delta: TextDelta) -> Iterator[TextDelta]:
        """Yield a delta with the tokens of all passes; the last one of a pass without its end."""
        self._tokens = self._before + delta.tokens
        if delta.certainty:
            self._learn(delta.certainty)
        if delta.stop_reason:
            self.reason = delta.stop_reason
            self._stats = _sum(self._stats, delta.stats or GenerationStats())
        text = delta.text
        if text:
            text, self._pending, self._has_text = self._pending + text, "", True
        if text or isinstance(delta, ThoughtDelta):
            yield replace(delta, text=text, tokens=self._tokens, stop_reason=None, stats=None, certainty=None)

    def begin(self) -> None:
        """Begin a pass: its text stands apart from the text before."""
        self._before = self._tokens
        self._pending = _JOINT if self._has_text else ""

    def last(self) -> TextDelta:
        """Return the end of the text."""
        return TextDelta("", self._tokens, self.reason, self._stats, self._certainty)

    def _learn(self, certainty: Certainty) -> None:
        known = self._certainty
        answerable = [value for value in (known.answerable, certainty.answerable) if value is not None]
        least = [value for value in (known.min_log_prob, certainty.min_log_prob) if value is not None]
        self._certainty = Certainty(max(answerable, default=None), min(least, default=None))


def _sum(one: GenerationStats, other: GenerationStats) -> GenerationStats:
    names = [field.name for field in fields(GenerationStats)]
    return GenerationStats(**{name: getattr(one, name) + getattr(other, name) for name in names})
