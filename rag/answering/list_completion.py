"""End a list where the list of its source ends: small models leave items off, or go on with what is no answer.

Once an answer has told the first items of one list of a passage, in order and each cited to its own, that list is the
answer: the model writes no further, and the items that the passage has after these are quoted, but for those that
instruct a model. Where the list may go on beyond what was read, or the question names what stands above another list
("before and after a trip"), the model writes to its end, and what it leaves off there is quoted. An answer that skips
an item has chosen, and stays as it is.
"""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from rag.answering.hidden_instructions import find_instructions
from rag.grounding.citations import Citer
from rag.interfaces import TextDelta, closed_after
from rag.text.analyzer import content_words
from rag.text.item_lists import item_lists
from rag.text.normalize import normalize
from rag.text.sentences import sentence_spans
from rag.types import Chunk, Passage, Plan, Sentence, Span

PageText = Callable[[int, int], str]
"""Returns the text of a page by its document's id and its number; "" if there is none."""

_LEAST = 3
"""Items from which it is the list that is told, not some of it."""

_PARAGRAPH = re.compile(r"\n[ \t]*\n")

_LEAD = 2
"""Lines that lead in to a list: its heading, and the sentence before it."""

_LONG = 300
"""Characters of an item after which no further sentence of it is quoted."""

_MARK = re.compile(r"(?P<before>[ \t]*\(?)(?P<mark>\d+|\S)(?P<after>[.)]?[ \t]+)")


class _Told(NamedTuple):
    """A list of a passage whose first items were told: what is `missing` of it, and whether it is the answer alone."""

    length: int
    missing: list[str]
    is_alone: bool


class ListCompletion:
    """Completes the answer to a question asked by a plan; `added` is the number of items that were quoted."""

    def __init__(
        self, question: str, plan: Plan, passages: Sequence[Passage], citer: Citer, page_text: PageText
    ) -> None:
        self.added = 0
        self._asked = [int(figure) for figure in re.findall(r"\d+", normalize(question, plan.language))]
        self._named = {word.lower() for word in content_words(question)}
        self._is_one_list = not plan.parts
        self._passages = passages
        self._citer = citer
        self._page_text = page_text

    def complete(self, deltas: Iterator[TextDelta]) -> Generator[TextDelta]:
        """Yield the deltas up to the one after which the source's list is the answer, with the items missing."""
        text = ""
        with closed_after(deltas):
            for delta in deltas:
                text += delta.text
                has_ended = delta.stop_reason == "end"
                rest = self._rest(text, has_ended=has_ended) if has_ended or _ends_line(delta) else None
                if rest is None:
                    yield delta
                    continue
                yield replace(delta, text=delta.text + rest, stop_reason="end")
                return

    def _rest(self, text: str, *, has_ended: bool) -> str | None:
        """Return the items that the answer's list lacks, on lines of their own; None if the model is to go on.

        Where the model `has_ended`, an answer that tells no list of a passage is complete as it is: "".
        """
        nothing = "" if has_ended else None
        found = item_lists(text)
        items = next((each for each in found if each[-1].end >= len(text.rstrip())), [])
        if len(items) < _LEAST or any(number <= len(items) for number in self._asked):  # as many as were asked for
            return nothing
        told = self._told(self._citer.sentences(text), items)
        mark = _MARK.match(text, items[-1].start)
        if told is None or mark is None:
            return nothing
        is_whole = (
            self._is_one_list and len(found) == 1 and told.is_alone and all(n >= told.length for n in self._asked)
        )
        if not (has_ended or is_whole):
            return None
        self.added = len(told.missing)
        number = int(mark["mark"]) if mark["mark"].isdecimal() else None
        marks = [mark["mark"] if number is None else str(number + place) for place in range(1, self.added + 1)]
        lines = [f"{mark['before']}{each}{mark['after']}{item}" for each, item in zip(marks, told.missing, strict=True)]
        return "\n" * (bool(lines) and not text.endswith("\n")) + "\n".join(lines)

    def _told(self, sentences: Sequence[Sentence], items: Sequence[Span]) -> _Told | None:
        """Return the list of a passage whose first items are the answer's; None if these are not all its first."""
        places = _cited(items, sentences)
        if len(places) < _LEAST or len({number for number, _ in places}) > 1:
            return None
        chunk = self._passages[places[0][0] - 1].chunk
        lists = item_lists(chunk.text)
        for source in lists:
            told = [
                index
                for _, at in places
                for index, item in enumerate(source)
                if item.start <= at - chunk.start < item.end
            ]
            begins = len(told) == len(places) and told == sorted(told) and {*told} == {*range(told[-1] + 1)}
            if begins and told[-1] + 1 >= _LEAST:
                rest = [_quoted(chunk.text, item, lists) for item in source[told[-1] + 1 :]]
                missing = [item for item in rest if not find_instructions(item)]
                is_inner = any(_is_within(source, item) for each in lists if len(each) > 1 for item in each)
                is_alone = not is_inner and self._ends(source, chunk) and self._is_all_named(source, chunk)
                return _Told(len(source), missing, is_alone)
        return None

    def _ends(self, items: Sequence[Span], chunk: Chunk) -> bool:
        """Return whether a list of a chunk begins and ends there: it may go on in the next chunk, or the next page."""
        page = self._page_text(chunk.document_id, chunk.page)
        begin = chunk.start + items[0].start
        whole = next((each for each in item_lists(page) if each[0].start == begin), [])
        if len(whole) != len(items) or len(page[: whole[-1].end].rstrip()) > chunk.end:
            return False
        ends_page = whole[-1].end >= len(page.rstrip())
        return not (ends_page and self._page_text(chunk.document_id, chunk.page + 1))

    def _is_all_named(self, items: Sequence[Span], chunk: Chunk) -> bool:
        """Return whether no other list is below words of the question that do not stand above this one."""
        above = _above(items, chunk)
        others = [
            _above(each, passage.chunk)
            for passage in self._passages
            for each in item_lists(passage.chunk.text)
            if passage.chunk.id != chunk.id or each[0] != items[0]
        ]
        return not any((other - above) & self._named for other in others)


def _above(items: Sequence[Span], chunk: Chunk) -> set[str]:
    """Return the words above a list: of its chunk's heading and of the lines that lead in to it."""
    lines = [line for line in chunk.text[: items[0].start].splitlines() if line.strip()]
    return {word.lower() for line in (chunk.heading or "", *lines[-_LEAD:]) for word in content_words(line)}


def _ends_line(delta: TextDelta) -> bool:
    """Return whether a delta completes a line of an answer that goes on."""
    return delta.text.endswith("\n") and not delta.stop_reason


def _is_within(items: Sequence[Span], item: Span) -> bool:
    return item.start < items[0].start < item.end


def _cited(items: Sequence[Span], sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Return the passage's number and the place in its page that each item is cited to; [] if one is not supported."""
    places: list[tuple[int, int]] = []
    for item in items:
        first = next((each for each in sentences if item.start <= each.start < item.end), None)
        if first is None or first.support != "supported":
            return []
        places.append((first.citations[0].number, first.citations[0].start))
    return places


def _quoted(text: str, item: Span, lists: Sequence[Sequence[Span]]) -> str:
    """Return an item without its mark, a list below it and what joins it to the next one.

    Of several paragraphs the first names it, of a long one its first sentences.
    """
    below = [each[0].start for each in lists if item.start < each[0].start < item.end]
    whole = text[item.start : min([item.end, *below])]
    mark = _MARK.match(whole)
    first = _PARAGRAPH.split(whole[mark.end() if mark else 0 :].strip(), maxsplit=1)[0]
    plain = " ".join(first.split()).rstrip(",; ")
    spans = sentence_spans(plain)
    ends = [span.end for span in spans if span.end <= _LONG] or [spans[0].end]
    return plain[: ends[-1]]
