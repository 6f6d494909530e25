"""Questions are asked of the user's own documents, without those left out, of which a refusal names the likeliest."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from rag.errors import QuestionError
from rag.services import Services
from rag.settings import load_settings
from rag.stores.sqlite_library import SqliteLibrary
from tests.web.rendering.test_answer_html import answer
from tests.web.routes.conftest import id_of, store
from tests.web.routes.conftest import services as services
from web.chat.search_scope import documents_to_search, with_unticked

REFUSED = replace(answer(text="", abstained=True), question="What is the entry fee?", query="")


@pytest.fixture
def alone(library: SqliteLibrary) -> Iterator[Services]:
    with Services(load_settings()) as made:
        made.__dict__["library"] = library
        yield made


def test_alone_everything_is_searched_but_what_is_left_out(alone: Services, store_text: Callable[..., int]) -> None:
    first, second = store_text("a.txt", "Dogs bark."), store_text("b.txt", "Cats sleep.")
    assert documents_to_search(alone, "", frozenset()) is None
    assert documents_to_search(alone, "", frozenset({first})) == frozenset({second})


def test_with_every_source_left_out_there_is_nothing_to_ask(alone: Services, store_text: Callable[..., int]) -> None:
    only = store_text("a.txt", "Dogs bark.")
    with pytest.raises(QuestionError, match="No source is chosen"):
        documents_to_search(alone, "", frozenset({only}))


def test_a_user_without_documents_searches_nobody_elses(alone: Services, store_text: Callable[..., int]) -> None:
    store_text("a.txt", "Dogs bark.")
    with pytest.raises(QuestionError, match="you have no documents"):
        documents_to_search(alone, "ann", frozenset())


def test_a_question_about_one_source_is_asked_of_it_alone_even_if_it_is_left_out(
    alone: Services, store_text: Callable[..., int]
) -> None:
    first, second = store_text("a.txt", "Dogs bark."), store_text("b.txt", "Cats sleep.")
    assert documents_to_search(alone, "", frozenset({first}), frozenset({first, 999})) == frozenset({first})
    assert documents_to_search(alone, "", frozenset({first, second}), frozenset({second})) == frozenset({second})
    with pytest.raises(QuestionError, match="not there any more"):
        documents_to_search(alone, "ann", frozenset(), frozenset({first}))


def test_the_likeliest_of_the_documents_left_out_are_named_first(services: Services) -> None:
    (fees,) = (each.id for each in services.library.documents("ann"))
    others = [store(services, f"note {number}.txt", f"Note {number}.", "ann") for number in range(4)]
    left_out = {fees, *others}
    (note,) = with_unticked(REFUSED, services, "ann", left_out).notes
    assert note.startswith("5 documents were not searched, because they are not ticked or are filtered out, among them")
    assert note.partition("among them ")[2].startswith("anns.txt, ")
    assert note.count(".txt") == 3


def test_nobody_elses_document_is_named(services: Services) -> None:
    assert with_unticked(REFUSED, services, "ann", {id_of(services, "bob")}).notes == ()


def test_an_answer_that_stands_and_a_search_of_everything_need_no_note(services: Services) -> None:
    fees = {id_of(services, "ann")}
    assert with_unticked(replace(REFUSED, abstained=False), services, "ann", fees).notes == ()
    assert with_unticked(REFUSED, services, "ann", frozenset()).notes == ()
