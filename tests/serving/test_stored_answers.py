"""Kept answers come back as they were, and have nothing of a document that was removed meanwhile."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from rag.services import Services
from rag.types import Turn
from serving.stored_answers import KeptAnswers
from tests.rag.exports.test_conversation_record import ANSWER
from tests.support.servers.api_server import scripted_services

PLAIN = replace(
    ANSWER, question="The fee?", turns=(Turn("The fee?", ANSWER.text),), passages=(), dropped=(), sentences=()
)


@pytest.fixture
def services() -> Iterator[Services]:
    with scripted_services() as made:
        yield made


def test_an_answer_is_appended_and_comes_back_to_its_owner_only(services: Services) -> None:
    kept, begun = KeptAnswers(services), services.conversations.create("ann")
    kept.append(begun.id, [PLAIN], {"top_k": 7}, "ann")
    second = replace(PLAIN, question="Why?", turns=(*PLAIN.turns, Turn("Why?", PLAIN.text)))
    kept.append(begun.id, [PLAIN, second], {}, "ann")
    assert [answer.question for answer in kept.answers(begun.id, "ann")] == ["The fee?", "Why?"]
    assert kept.answers(begun.id, "bob") == ()
    kept.append(begun.id, [second], {}, "ann", after=0)
    assert [answer.question for answer in kept.answers(begun.id, "ann")] == ["Why?"]
