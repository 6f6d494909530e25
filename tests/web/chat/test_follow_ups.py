"""Questions after an answer go on from its documents, are new, and are answered by what the search finds."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.services import Services
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.fakes import ScriptedGenerator, WordEmbedder
from tests.support.library_services import services_over
from web.chat.follow_ups import follow_ups

BIRCH, YEW, OAK = "The birch is a white tree.", "The yew is a poisonous tree.", "The oak is a tree of 40 metres."


@pytest.fixture
def services(library: SqliteLibrary, store_text: Callable[..., int], tmp_path: Path) -> Iterator[Services]:
    store_text("trees.txt", BIRCH, YEW, OAK)
    generator = ScriptedGenerator(BIRCH, context_tokens=4096)
    with services_over(library, tmp_path, embedder=WordEmbedder(), generator=generator) as made:
        yield made


def test_they_are_new_and_of_the_documents_that_the_answer_quotes(services: Services) -> None:
    answer = services.assistant.answer("What is a birch?")
    assert answer.citations
    questions = follow_ups(services, [answer], None)
    assert questions == ["What is the yew?", "What is the oak?"]
    later = services.assistant.answer("What is the yew?", answer.turns)
    assert follow_ups(services, [answer, later], None) == ["What is the oak?"]


def test_what_the_search_does_not_find_is_not_suggested(services: Services, store_text: Callable[..., int]) -> None:
    answer = services.assistant.answer("What is a birch?")
    other = store_text("other.txt", "Nothing of it.")
    assert follow_ups(services, [answer], {other}) == []


def test_there_are_none_after_a_refusal_or_before_any_answer(services: Services) -> None:
    answer = services.assistant.answer("What is a birch?")
    assert follow_ups(services, [replace(answer, abstained=True)], None) == []
    assert follow_ups(services, [], None) == []
