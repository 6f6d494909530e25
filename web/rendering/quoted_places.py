"""Number the places that an answer quotes: from 1 in the order in which they are cited, each place once."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.types import Citation, Passage, Sentence


class QuotedPlaces:
    """The places that sentences quote. Quotes that share half of the shorter one's words are of one place.

    A number never changes when more sentences follow.
    """

    def __init__(self, sentences: Iterable[Sentence], passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._places: list[Citation] = []
        self._numbers: dict[Citation, int] = {}
        for sentence in sentences:
            for citation in (*sentence.citations, *sentence.disputed):
                self._add(citation)

    @property
    def quotes(self) -> list[tuple[int, Citation]]:
        """Each place as one quote, with its number; the `number` of the citation remains that of its passage."""
        return list(enumerate(self._places, start=1))

    def number(self, citation: Citation) -> int:
        """Return the number of the place that a citation of these sentences quotes."""
        return self._numbers[citation]

    def _add(self, citation: Citation) -> None:
        if citation in self._numbers:
            return
        for index, place in enumerate(self._places):
            if self._document(place) == self._document(citation) and _is_same(place, citation):
                self._places[index] = _joined(place, citation)
                self._numbers[citation] = index + 1
                return
        self._places.append(citation)
        self._numbers[citation] = len(self._places)

    def _document(self, citation: Citation) -> tuple[str, int]:
        is_known = citation.number <= len(self._passages)
        return citation.document, self._passages[citation.number - 1].chunk.document_id if is_known else 0


def _is_same(one: Citation, other: Citation) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    shorter = min(one.end - one.start, other.end - other.start)
    return one.page == other.page and shared > 0 and shorter <= 2 * shared


def _joined(place: Citation, citation: Citation) -> Citation:
    """Return one quote for two that overlap."""
    first, second = (place, citation) if place.start <= citation.start else (citation, place)
    quote = first.quote + second.quote[max(0, first.end - second.start) :]
    start, end = first.start, max(first.end, second.end)
    return replace(place, start=start, end=end, quote=quote, place=first.place, label=first.label)
