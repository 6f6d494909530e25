"""End a list where the list of its source ends: small models leave items off, or go on with what is no answer.

Once an answer has told the first items of one list of a passage, in order and each cited to its own, that list is the
answer: the model writes no further, and the items that the passage has after these are quoted, but for those that
instruct a model. Where the list may go on beyond what was read, or the question names what stands above another list
("before and after a trip"), the model writes to its end, and what it leaves off there is quoted. An answer that skips
an item has chosen, and stays as it is.

So the best passage is read alone at first, if it has a list: where that list is the answer, nothing else need be read.
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

LEAST_ITEMS = 3
"""Items from which it is the list that is told, not some of it."""

_PARAGRAPH = re.compile(r"\n[ \t]*\n")

_LEAD = 2
"""Lines that lead in to a list: its heading, and the sentence before it."""

_LONG = 300
"""Characters of an item after which no further sentence of it is quoted."""

_MARK = re.compile(r"(?P<before>[ \t]*\(?)(?P<mark>\d+|\S)(?P<after>[.)]?[ \t]+)")


class _Told(NamedTuple):
    """A list of a passage whose first items were told, by its `texts`, and whether it is the answer alone."""

    texts: list[str]
    told: int
    is_alone: bool


class ListCompletion:
    """Completes the answer to a question asked by a plan; `added` is the number of items that were quoted.

    With `only_whole` an answer that is not one list of a passage is given up, and has no end.
    """

    def __init__(
        self,
        question: str,
        plan: Plan,
        passages: Sequence[Passage],
        citer: Citer,
        page_text: PageText,
        *,
        only_whole: bool = False,
    ) -> None:
        self.added = 0
        self._is_whole = False
        self._only_whole = only_whole
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
                shown, text = len(text), text + delta.text
                has_ended = delta.stop_reason == "end"
                whole = self._whole(text, shown, has_ended=has_ended) if has_ended or delta.text else None
                if self._only_whole and not self._is_whole and (has_ended or _is_other(text)):
                    yield replace(delta, stop_reason="none")
                    return
                if whole is None:
                    yield delta
                    continue
                yield replace(delta, text=whole[shown:], stop_reason="end")
                return

    def _whole(self, text: str, shown: int, *, has_ended: bool) -> str | None:
        """Return the whole answer that begins with a text, of which so much was `shown`; None if the model is to go on.

        Where the model `has_ended`, an answer that tells no list of a passage is complete as it is. Else the item that
        it has begun is quoted, too.
        """
        as_it_is = text if has_ended else None
        found = item_lists(text)
        items = next((each for each in found if each[-1].end >= len(text.rstrip())), [])
        if len(items) < LEAST_ITEMS or any(number <= len(items) for number in self._asked):  # as many as asked for
            return as_it_is
        begun = items[-1]
        told = self._told(self._citer.sentences(text), items) if has_ended or begun.start >= shown else None
        mark = _MARK.match(text, begun.start)
        if told is None or mark is None:
            return as_it_is
        is_enough = all(number >= len(told.texts) for number in self._asked)
        self._is_whole = self._is_one_list and len(found) == 1 and told.is_alone and is_enough
        if not (has_ended or self._is_whole):
            return None
        first = told.told if has_ended else told.told - 1
        missing = [item for item in told.texts[first:] if not find_instructions(item)]
        self.added = len(missing) - (not has_ended)
        number = int(mark["mark"]) + has_ended if mark["mark"].isdecimal() else None
        marks = [mark["mark"] if number is None else str(number + place) for place in range(len(missing))]
        lines = [f"{mark['before']}{each}{mark['after']}{item}" for each, item in zip(marks, missing, strict=True)]
        before = text if has_ended else text[: begun.start]
        return "\n".join([before.rstrip("\n"), *lines]) if lines else before

    def _told(self, sentences: Sequence[Sentence], items: Sequence[Span]) -> _Told | None:
        """Return the list of a passage whose first items are the answer's; None if these are not all its first."""
        places = _cited(items, sentences)
        if len(places) < LEAST_ITEMS or len({number for number, _ in places}) > 1:
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
            if begins and told[-1] + 1 >= LEAST_ITEMS:
                texts = [_quoted(chunk.text, item, lists) for item in source]
                is_inner = any(_is_within(source, item) for each in lists if len(each) > 1 for item in each)
                is_alone = not is_inner and self._ends(source, chunk) and self._is_all_named(source, chunk)
                return _Told(texts, told[-1] + 1, is_alone)
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


def _is_other(text: str) -> bool:
    """Return whether a text is more than the beginning of a list: it has something else, or items enough."""
    found = item_lists(text)
    begins = len(found) == 1 and len(found[0]) < LEAST_ITEMS if found else text.rstrip().endswith(":")
    return bool(text.strip()) and not begins


def _is_within(items: Sequence[Span], item: Span) -> bool:
    return item.start < items[0].start < item.end


def _cited(items: Sequence[Span], sentences: Sequence[Sentence]) -> list[tuple[int, int]]:
    """Return the passage's number and the end of the quote, in its page, of each item; [] if one is not supported.

    A quote may begin before its item, with the line that leads in to the list.
    """
    places: list[tuple[int, int]] = []
    for item in items:
        first = next((each for each in sentences if item.start <= each.start < item.end), None)
        if first is None or first.support != "supported":
            return []
        places.append((first.citations[0].number, first.citations[0].end - 1))
    return places


def _quoted(text: str, item: Span, lists: Sequence[Sequence[Span]]) -> str:
    """Return an item without its mark, a list below it, sentences in brackets, and what joins it to the next one.

    Of several paragraphs the first names it, of a long one its first sentences.
    """
    below = [each[0].start for each in lists if item.start < each[0].start < item.end]
    whole = text[item.start : min([item.end, *below])]
    mark = _MARK.match(whole)
    first = _PARAGRAPH.split(whole[mark.end() if mark else 0 :].strip(), maxsplit=1)[0]
    plain = " ".join(first.split()).rstrip(",; ")
    said = [plain[span.start : span.end] for span in sentence_spans(plain)]
    said = [each for each in said if not (each.startswith("(") and each.endswith(")"))] or said
    while len(said) > 1 and sum(len(each) + 1 for each in said) > _LONG:
        said.pop()
    return " ".join(said)
