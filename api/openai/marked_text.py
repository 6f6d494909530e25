"""The text of an answer with a marker `[n]` after each sentence that has sources, while it is written.

A token is passed on when the next event has come: the one that ends a sentence is followed by its sources. The markers
that the model writes itself are left out, as they are wherever an answer is shown.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.text.markdown_code import find_code
from rag.types import Sentence

_NUMBERS = r"\[\d{1,3}(?:\s*,\s*\d{1,3})*\]"
_MARKERS = re.compile(rf"\s?(?<![\w)\]}}\"'`]){_NUMBERS}(?:\s?{_NUMBERS})*")
_MAY_GO_ON = re.compile(r"(?:\s?\[[\d,\s]*+\]?+)++\Z|[\s|]++\Z")
"""The end of a text that may become a marker, or that a marker may have to stand before."""

_FENCES = ("```", "~~~")


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker of the text, at characters `[start, end)` of it.

    It stands for the citations of these sentences, which are all from the passage of its number.
    """

    start: int
    end: int
    sentences: tuple[Sentence, ...]


class MarkedText:
    """A text that grows at its end. What the methods yield are its next pieces, each followed by the mark it is."""

    def __init__(self) -> None:
        self.length = 0
        self._raw = ""
        self._at = 0
        self._marked: set[tuple[int, int]] = set()
        self._late: list[Sentence] = []

    def add(self, token: str) -> Iterator[str | Mark]:
        """Add a token, and yield what was held back before it."""
        end = len(self._raw)
        while held := _MAY_GO_ON.search(self._raw, self._at, end):
            end = held.start()
        yield from self._release(end)
        self._raw += token

    def cite(self, sentences: Sequence[Sentence]) -> Iterator[str | Mark]:
        """Mark the sentences that have sources and no mark yet."""
        for sentence in sentences:
            place = (sentence.start, sentence.end)
            if not sentence.citations or place in self._marked:
                continue
            self._marked.add(place)
            end = self._end_of(sentence)
            if end < self._at:  # known too late, as of a sentence that had to be translated first
                self._late.append(sentence)
                continue
            yield from self._release(end)
            is_block = self._raw[:end].endswith(_FENCES)
            yield from self._marks([sentence], "\n" if is_block else " ")

    def finish(self) -> Iterator[str | Mark]:
        """Yield the rest of the text, with the marks that found no place in it."""
        yield from self._release(len(self._raw))
        yield from self._marks(self._late, " ")

    def drop(self) -> None:
        """Leave out what has not been passed on."""
        self._at = len(self._raw)
        self._late = []

    def append(self, text: str, cited: Sequence[Sentence] = ()) -> Iterator[str | Mark]:
        """Add a text of ours as it is, with marks after it."""
        yield self._said(text)
        yield from self._marks(cited, " ")

    def _end_of(self, sentence: Sentence) -> int:
        """Return where a mark belongs: after the sentence, or into the last cell of a row."""
        end = sentence.end
        if self._raw[sentence.start] == "|":
            row = self._raw[sentence.start : end].rstrip()
            end = sentence.start + len(row.removesuffix("|").rstrip())
        return end

    def _marks(self, sentences: Sequence[Sentence], before: str) -> Iterator[str | Mark]:
        """Yield a mark for each number of these sentences' citations, `before` the first of them some space."""
        for number in dict.fromkeys(each.number for sentence in sentences for each in sentence.citations):
            yield self._said(f"{before}[{number}]")
            start, before = self.length - len(f"[{number}]"), ""
            cited = [_with_only(number, sentence) for sentence in sentences]
            yield Mark(start, self.length, tuple(sentence for sentence in cited if sentence.citations))

    def _release(self, end: int) -> Iterator[str]:
        """Yield the text up to here, without markers that are in no code."""
        start, self._at = self._at, max(self._at, end)
        parts: list[str] = []
        for match in _MARKERS.finditer(self._raw, start, end):
            code = find_code(self._raw)
            if not any(each.start < match.end() and match.start() < each.end for each in code):
                parts.append(self._raw[start : match.start()])
                start = match.end()
        text = "".join([*parts, self._raw[start:end]])
        if text:
            yield self._said(text)

    def _said(self, text: str) -> str:
        self.length += len(text)
        return text


def _with_only(number: int, sentence: Sentence) -> Sentence:
    """Return a sentence with only its citations of a number, each once."""
    citations = dict.fromkeys(citation for citation in sentence.citations if citation.number == number)
    return replace(sentence, citations=tuple(citations))
