"""The keyword index catches up with the library, whoever wrote to it, and is built anew when it must be."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from rag.errors import LibraryError
from rag.interfaces.search_indexes import Indexes
from rag.stores import keyword_terms
from rag.stores.postgres import postgres_database, postgres_indexes
from rag.stores.postgres.postgres_stores import PostgresStores
from tests.support.fakes import WordEmbedder
from tests.support.stored_texts import stored

pytestmark = pytest.mark.postgres


@pytest.fixture
def programs(postgres_address: str) -> Iterator[tuple[PostgresStores, PostgresStores]]:
    with ExitStack() as opened:
        one, other = (opened.enter_context(closing(PostgresStores(postgres_address, "words"))) for _ in range(2))
        yield one, other


def found(indexes: Indexes, text: str) -> list[int]:
    indexes.refresh()
    return [id_ for id_, _ in indexes.keyword.search(text, 5)]


def test_what_another_program_stored_is_found_built_anew_and_gone_once_it_is_removed(
    programs: tuple[PostgresStores, PostgresStores],
) -> None:
    one, other = programs
    indexes = one.indexes(48)
    assert found(indexes, "osprey") == []
    document = stored(other.library, "a.txt", "the osprey")
    (chunk,) = one.library.chunk_ids()
    assert found(indexes, "osprey") == [chunk]
    assert found(other.indexes(48), "osprey") == [chunk]
    indexes.keyword.remove([chunk])
    assert list(indexes.findings()) == ["the keyword index lacks 1 of 1 chunks"]
    indexes.rebuild()
    assert list(indexes.findings()) == []
    assert [id_ for id_, _ in indexes.dense.search(WordEmbedder().embed_query("osprey"), 1)] == [chunk]
    other.library.remove_all([document])
    assert found(indexes, "osprey") == []
    assert list(indexes.findings()) == []


def test_an_index_of_another_format_is_built_anew(
    programs: tuple[PostgresStores, PostgresStores], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = programs
    stored(one.library, "a.txt", "the osprey")
    one.indexes(48).refresh()
    monkeypatch.setattr(postgres_indexes, "FORMAT", 99)
    monkeypatch.setattr(keyword_terms, "keyword_text", lambda _: "walrus")
    indexes = other.indexes(48)
    assert found(indexes, "walrus") == one.library.chunk_ids()
    assert found(indexes, "osprey") == []


def test_questions_go_on_while_another_program_takes_words_in(
    programs: tuple[PostgresStores, PostgresStores], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = programs
    indexes = one.indexes(48)
    document = stored(one.library, "a.txt", "the osprey")
    (first,) = one.library.chunk_ids()
    assert found(indexes, "osprey") == [first]
    stored(one.library, "b.txt", "an osprey and a walrus")
    monkeypatch.setattr(postgres_database, "_BEGIN", postgres_database._BEGIN.replace("'30s'", "'1ms'"))
    with other._connections.borrow() as writer:
        writer.execute("BEGIN; SELECT pg_advisory_xact_lock(7173)")
        assert found(indexes, "osprey") == [first]
        assert found(other.indexes(48), "osprey") == [first]
        one.library.remove_all([document])
        assert found(indexes, "osprey") == [first], "a chunk that is gone is left out when it is looked up"
        for waiting in (indexes.purge, lambda: list(indexes.findings())):
            with pytest.raises(LibraryError, match="by another program"):
                waiting()
        writer.execute("ROLLBACK")
    assert found(indexes, "osprey") == one.library.chunk_ids()
    assert found(indexes, "walrus") == one.library.chunk_ids()
