"""The documents that questions are asked of: the user's own, without those left out."""

from collections.abc import Callable

import pytest

from rag.errors import QuestionError
from rag.stores.sqlite_library import SqliteLibrary
from web.chat.search_scope import documents_to_search


def test_alone_everything_is_searched_but_what_is_left_out(
    library: SqliteLibrary, store_text: Callable[..., int]
) -> None:
    first, second = store_text("a.txt", "Dogs bark."), store_text("b.txt", "Cats sleep.")
    assert documents_to_search(library, "", frozenset()) is None
    assert documents_to_search(library, "", frozenset({first})) == frozenset({second})


def test_with_every_source_left_out_there_is_nothing_to_ask(
    library: SqliteLibrary, store_text: Callable[..., int]
) -> None:
    only = store_text("a.txt", "Dogs bark.")
    with pytest.raises(QuestionError, match="No source is chosen"):
        documents_to_search(library, "", frozenset({only}))


def test_a_user_without_documents_searches_nobody_elses(library: SqliteLibrary, store_text: Callable[..., int]) -> None:
    store_text("a.txt", "Dogs bark.")
    with pytest.raises(QuestionError, match="you have no documents"):
        documents_to_search(library, "ann", frozenset())
