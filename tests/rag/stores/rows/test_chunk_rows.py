"""Chunks come with their document's title for the search, in the order asked for."""

from collections.abc import Callable

from rag.stores.sqlite.sqlite_library import SqliteLibrary


def test_chunks_come_in_order_and_follow_an_edited_title(
    library: SqliteLibrary, store_text: Callable[..., int]
) -> None:
    id_ = store_text("a.txt", "one", "two")
    first, second = library.chunk_ids()
    assert [chunk.text for chunk in library.chunks([second, 99, first])] == ["two", "one"]
    library.edit_facts(id_, {"title": "Tales of two", "period": "2018"})
    assert {chunk.title for chunk in library.chunks([first, second])} == {"a · Tales of two · 2018"}
