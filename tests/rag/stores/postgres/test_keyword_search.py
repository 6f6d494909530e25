"""Words in PostgreSQL's full text are scored as by BM25, however few texts are looked at."""

import pytest

from rag.stores.keyword_index import TantivyIndex
from rag.stores.postgres.connections import Connections
from rag.stores.postgres.keyword_search import FullTextIndex
from rag.stores.postgres.postgres_database import PostgresDatabase

pytestmark = pytest.mark.postgres

TEXTS = [
    "The running costs of the cafés rose by 12 % in 2019; costs rose again, and costs are costs.",
    "Net sales | 2018: 32,765 | 2017: 31,657",
    "Costs of sales were lower.",
    *[f"Sales of region {number} were as expected" for number in range(40)],
]


@pytest.fixture
def index(connections: Connections) -> FullTextIndex:
    return FullTextIndex(PostgresDatabase(connections, "indexes"))


def test_scores_are_those_of_bm25(index: FullTextIndex) -> None:
    reference = TantivyIndex()
    for each in (index, reference):
        each.add(range(len(TEXTS)), TEXTS, ["en"] * len(TEXTS))
    for question in ("costs of sales in 2019", "running café", "region 7 sales"):
        expected = dict(reference.search(question, 5))
        found = dict(index.search(question, 5))
        assert found.keys() == expected.keys()
        for id_, score in found.items():
            assert score == pytest.approx(expected[id_], rel=0.05), question  # tantivy rounds lengths


def test_words_with_any_sign_are_found_and_too_long_ones_are_none(index: FullTextIndex) -> None:
    index.add([1, 2], ["x" * 5_000, "o'neill's c:\\temp & (a|b) !c"])
    assert index.search("x" * 5_000, 5) == []
    assert [id_ for id_, _ in index.search("O'Neill & | ! \\ ' :*", 5)] == [2]


def test_nothing_is_left_of_the_words_of_removed_texts(index: FullTextIndex) -> None:
    index.add([1, 2], ["xylophone music", "music"])
    index.remove([1])
    with index._database.reading() as db:
        assert [row[0] for row in db.execute("SELECT word FROM postings")] == ["music"]
        assert [row[0] for row in db.execute("SELECT word FROM word_counts")] == ["music"]
        assert db.execute("SELECT texts, words FROM language_counts").fetchall() == [(1, 1)]
