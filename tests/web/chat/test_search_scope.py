"""The documents that questions are asked of: the user's own, without those left out."""

from collections.abc import Callable, Iterator

import pytest

from rag.errors import QuestionError
from rag.services import Services
from rag.settings import load_settings
from rag.stores.sqlite_library import SqliteLibrary
from web.chat.search_scope import documents_to_search


@pytest.fixture
def services(library: SqliteLibrary) -> Iterator[Services]:
    with Services(load_settings()) as made:
        made.__dict__["library"] = library
        yield made


def test_alone_everything_is_searched_but_what_is_left_out(services: Services, store_text: Callable[..., int]) -> None:
    first, second = store_text("a.txt", "Dogs bark."), store_text("b.txt", "Cats sleep.")
    assert documents_to_search(services, "", frozenset()) is None
    assert documents_to_search(services, "", frozenset({first})) == frozenset({second})


def test_with_every_source_left_out_there_is_nothing_to_ask(services: Services, store_text: Callable[..., int]) -> None:
    only = store_text("a.txt", "Dogs bark.")
    with pytest.raises(QuestionError, match="No source is chosen"):
        documents_to_search(services, "", frozenset({only}))


def test_a_user_without_documents_searches_nobody_elses(services: Services, store_text: Callable[..., int]) -> None:
    store_text("a.txt", "Dogs bark.")
    with pytest.raises(QuestionError, match="you have no documents"):
        documents_to_search(services, "ann", frozenset())


def test_a_question_about_one_source_is_asked_of_it_alone_even_if_it_is_left_out(
    services: Services, store_text: Callable[..., int]
) -> None:
    first, second = store_text("a.txt", "Dogs bark."), store_text("b.txt", "Cats sleep.")
    assert documents_to_search(services, "", frozenset({first}), frozenset({first, 999})) == frozenset({first})
    assert documents_to_search(services, "", frozenset({first, second}), frozenset({second})) == frozenset({second})
    with pytest.raises(QuestionError, match="not there any more"):
        documents_to_search(services, "ann", frozenset(), frozenset({first}))
