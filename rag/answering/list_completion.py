"""Go on with a list that the model left off: small models write its first items and end, whatever the source has.

Where an answer ends with the first items of one list of a passage, each of them cited to its own, the items that the
passage has after these are quoted, but for those that instruct a model. An answer that skips an item has chosen, and
stays as it is.
"""

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from rag.answering.hidden_instructions import find_instructions
from rag.grounding.citations import Citer
from rag.interfaces import TextDelta, closed_after
from rag.text.item_lists import item_lists
from rag.text.normalize import normalize
from rag.text.sentences import sentence_spans
from rag.types import Passage, Sentence, Span

_LEAST = 3
"""Items from which it is the list that is told, not some of it."""

_LONG = 300
"""Characters of an item after which no further sentence of it is quoted."""

_MARK = re.compile(r"(?P<before>[ \t]*\(?)(?P<mark>\d+|\S)(?P<after>[.)]?[ \t]+)")


class ListCompletion:
    """Completes one answer to a question in a language; `added` is the number of items that were quoted."""

    def __init__(self, question: str, language: str, passages: Sequence[Passage], citer: Citer) -> None:
        self.added = 0
        self._asked = [int(figure) for figure in re.findall(r"\d+", normalize(question, language))]
        self._passages = passages
        self._citer = citer

    def complete(self, deltas: Iterator[TextDelta]) -> Generator[TextDelta]:
        """Yield the deltas, the last one with the items that are missing."""
        text = ""
        with closed_after(deltas):
            for delta in deltas:
                text += delta.text
                if delta.stop_reason == "end":
                    yield replace(delta, text=delta.text + self._rest(text))
                else:
                    yield delta

    def _rest(self, text: str) -> str:
        """Return the items that the answer's last list lacks, on lines of their own; "" if it is complete."""
        items = next((each for each in item_lists(text) if each[-1].end >= len(text.rstrip())), [])
        if not items or any(number <= len(items) for number in self._asked):  # as many as were asked for
            return ""
        missing = _after(_cited(items, self._citer.sentences(text)), self._passages)
        mark = _MARK.match(text, items[-1].start)
        if not missing or mark is None:
            return ""
        self.added = len(missing)
        number = int(mark["mark"]) if mark["mark"].isdecimal() else None
        marks = [mark["mark"] if number is None else str(number + place) for place in range(1, len(missing) + 1)]
        lines = [f"{mark['before']}{each}{mark['after']}{item}" for each, item in zip(marks, missing, strict=True)]
        return "".join(f"\n{line}" for line in lines)


def _cited(items: Sequence[Span], sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Return the passage's number and the place in its page that each item is cited to; [] if one is not supported."""
    places: list[tuple[int, int]] = []
    for item in items:
        first = next((each for each in sentences if item.start <= each.start < item.end), None)
        if first is None or first.support != "supported":
            return []
        places.append((first.citations[0].number, first.citations[0].start))
    return places


def _after(places: Sequence[tuple[int, int]], passages: Sequence[Passage]) -> list[str]:
    """Return the texts of a list's items after those in these places; [] unless these are all that come before."""
    if len(places) < _LEAST or len({number for number, _ in places}) > 1:
        return []
    chunk = passages[places[0][0] - 1].chunk
    lists = item_lists(chunk.text)
    for items in lists:
        told = [
            index for _, at in places for index, item in enumerate(items) if item.start <= at - chunk.start < item.end
        ]
        begins = len(told) == len(places) and told == sorted(told) and {*told} == {*range(told[-1] + 1)}
        if begins and told[-1] + 1 >= _LEAST:
            rest = [_quoted(chunk.text, item, lists) for item in items[told[-1] + 1 :]]
            return [item for item in rest if not find_instructions(item)]
    return []


def _quoted(text: str, item: Span, lists: Sequence[Sequence[Span]]) -> str:
    """Return an item without its mark and without a list below it; of a long one the first sentences."""
    below = [each[0].start for each in lists if item.start < each[0].start < item.end]
    whole = text[item.start : min([item.end, *below])]
    mark = _MARK.match(whole)
    plain = " ".join(whole[mark.end() if mark else 0 :].split())
    spans = sentence_spans(plain)
    ends = [span.end for span in spans if span.end <= _LONG] or [spans[0].end]
    return plain[: ends[-1]]
