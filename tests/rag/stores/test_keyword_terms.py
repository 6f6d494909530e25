"""Words of chunks and queries, weighed by rarity, whichever index counts them."""

from collections.abc import Collection, Sequence

import pytest

from rag.stores.keyword_terms import ATTAINABLE, Kind, chunk_languages, keyword_text, prepare, rarity
from tests.conftest import passage


class Counts:
    """An index of a hundred English texts, of which so many have each word."""

    def __init__(self, **words: int) -> None:
        self.words = words

    def total(self) -> int:
        return 100

    def languages(self) -> Collection[str]:
        return ["en"]

    def frequencies(self, kind: Kind, words: Sequence[str]) -> list[int]:
        return [self.words.get(word, 0) for word in words]

    def frequencies_among(self, stems: Sequence[str], ids: Sequence[int]) -> list[int]:
        return [len(ids) if stem == "acm" else 0 for stem in stems]


def test_a_query_has_its_stems_and_the_most_that_they_give() -> None:
    query = prepare("Running costs", Counts(run=4, cost=50))
    assert query.words == {"run": 1.0, "cost": 1.0}
    assert query.attainable == pytest.approx(ATTAINABLE * (rarity(4, 100) + rarity(50, 100)))


def test_a_word_of_every_text_that_counts_weighs_less() -> None:
    query = prepare("acme costs", Counts(acm=1, cost=10), set(range(60)))
    assert query.words["acm"] < query.words["cost"]


def test_a_chunk_is_found_by_its_title_more_than_by_its_text() -> None:
    chunk = passage("Costs rose.", document="report.pdf").chunk
    assert keyword_text(chunk).count("Costs rose.") == 1
    assert chunk_languages([chunk]) == [""]
