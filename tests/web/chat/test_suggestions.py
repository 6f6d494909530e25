"""Questions to begin with: the documents themselves answer them."""

from collections.abc import Callable

from rag.stores.sqlite_library import SqliteLibrary
from tests.support.values import chunk
from web.chat.suggestions import questions, suggest


def test_a_heading_that_asks_comes_before_what_the_text_defines() -> None:
    assert (
        questions([chunk("An oak is a tree.\n# 2. How old does an oak get?\n\n300 years.")])[0]
        == "How old does an oak get?"
    )
    asked = questions(
        [chunk("The Golden Gate Bridge is a bridge."), chunk("So.", heading="1.2 What is the price of a ticket?")]
    )
    assert asked == ["What is the price of a ticket?", "What is the Golden Gate Bridge?"]


def test_a_sentence_without_a_subject_of_its_own_gives_no_question() -> None:
    assert questions([chunk("This is a test. There are the others. Nothing is here.")]) == []


def test_a_text_that_defines_nothing_is_asked_about_its_headings() -> None:
    assert questions([chunk("So be it.", heading="Free software guidelines")]) == [
        "What is said about “Free software guidelines”?"
    ]


def test_each_document_has_its_turn(library: SqliteLibrary, store_text: Callable[..., int]) -> None:
    store_text("a.md", "Paris is the capital. London is a city. Rome is a city. Berlin is a city. Oslo is a city.")
    store_text("b.md", "Water is a liquid.")
    assert suggest(library, library.documents())[:2] == ["What is Paris?", "What is Water?"]
