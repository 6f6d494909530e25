"""Read a long document in several passes: its summary gets a paragraph for each group of passages.

A small model names what stands at the beginning and the end of a long prompt, and forgets its middle. Shorter prompts
cost no more in all, and the first words come sooner. (Compare the hierarchical merging of BooookScore, Chang et al.
2023, 2310.00785; a merged text would have to be written, and checked, again.) A pass for each part of a question, or
each thing compared, was tried and made answers worse (`benchmarks/history/2026.md`).
"""

import logging
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

from rag.answering.prompt import Prompt
from rag.errors import CitewellError
from rag.interfaces import ReadDelta, TextDelta, ThoughtDelta, closed_after
from rag.text.sentences import sentence_spans
from rag.types import Certainty, GenerationStats, Passage, StopReason

log = logging.getLogger(__name__)

_GOES_ON = ("end", "stop", "length", "repetition")
_CUT_OFF = ("length", "repetition")

_JOINT = "\n\n"

_END = re.compile(r"\n|[.!?][\"”’)*]*\s|[。！？]")
_NUMBER = re.compile(r"\s*\d{1,3}\.\s?")
"""The number of an item, which ends no sentence."""

_LONG = 30
"""Letters and digits of a sentence that nobody says twice."""

_IS_SENTENCE = re.compile(r".*[.!?][\"”’)*]*", re.DOTALL)


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

    A pass that repeats itself ends there, and the next one goes on. `begin` generates from a prompt. If it fails once
    something was written, that stays, "interrupted".
    """
    merged = _Merged()
    for place, prompt in enumerate(prompts, start=1):
        merged.begin()
        try:
            yield from _taken(begin(prompt), merged)
        except CitewellError as error:
            if not merged.has_text:
                raise
            log.warning("pass %d of %d failed: %s", place, len(prompts), error)
            merged.reason = "interrupted"
        is_last = place == len(prompts) or merged.reason not in _GOES_ON
        yield from merged.end(is_last=is_last)
        if is_last:
            break
    yield merged.last()


def _taken(deltas: Iterator[TextDelta], merged: "_Merged") -> Generator[TextDelta]:
    with closed_after(deltas):
        for delta in deltas:
            yield from merged.take(delta)


class _Merged:
    """The deltas of several passes as those of one text; the surest pass counts, and the least likely token of all.

    A sentence is held back until it is complete: one that is cut off would stand in the middle of the text. One that
    has been said is left out, such as the words with which each pass begins.
    """

    def __init__(self) -> None:
        self.reason: StopReason = "end"
        self._pending = self._tail = ""
        self.has_text = False
        self._said: set[str] = set()
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
            self._stats += delta.stats or GenerationStats()
        text = self._complete(delta.text)
        if text or isinstance(delta, ThoughtDelta | ReadDelta):
            yield replace(delta, text=text, tokens=self._tokens, stop_reason=None, stats=None, certainty=None)

    def _complete(self, text: str) -> str:
        """Return what may be shown after one more text; the sentence that it begins is held back."""
        held = self._tail + text
        ends = (match.end() for match in _END.finditer(held))
        end = max((at for at in ends if not _NUMBER.fullmatch(held[held.rfind("\n", 0, at - 1) + 1 : at])), default=0)
        self._tail = held[end:]
        return self._joined(self._unsaid(held[:end]))

    def _unsaid(self, text: str) -> str:
        """Return complete sentences without those that have been said."""
        parts: list[str] = []
        at = 0
        for span in sentence_spans(text):
            sentence = text[span.start : span.end]
            if sum(map(str.isalnum, sentence)) < _LONG:
                continue
            # Where an abbreviation is cut from its sentence, that is no end.
            is_whole = text.startswith("\n", span.end) or len(sentence_spans(f"{sentence} A")) > 1
            if sentence in self._said and is_whole:
                parts.append(text[at : span.start])
                at = span.end
            self._said.add(sentence)
        return "".join([*parts, text[at:]])

    def _joined(self, text: str) -> str:
        if text:
            text, self._pending, self.has_text = self._pending + text, "", True
        return text

    def end(self, *, is_last: bool) -> Iterator[TextDelta]:
        """End a pass: yield the sentence that is held back, unless it is cut off and others follow."""
        tail, self._tail = self._tail, ""
        is_whole = _IS_SENTENCE.fullmatch(tail) and not _NUMBER.fullmatch(tail)
        shows = is_whole or self.reason not in _CUT_OFF or (is_last and self.reason == "length")
        if shows and (text := self._joined(self._unsaid(tail))):
            yield TextDelta(text, self._tokens)

    def begin(self) -> None:
        """Begin a pass: its text stands apart from the text before."""
        self._before = self._tokens
        self._pending = _JOINT if self.has_text else ""

    def last(self) -> TextDelta:
        """Return the end of the text."""
        return TextDelta("", self._tokens, self.reason, self._stats, self._certainty)

    def _learn(self, certainty: Certainty) -> None:
        known = self._certainty
        answerable = [value for value in (known.answerable, certainty.answerable) if value is not None]
        least = [value for value in (known.min_log_prob, certainty.min_log_prob) if value is not None]
        self._certainty = Certainty(max(answerable, default=None), min(least, default=None))
