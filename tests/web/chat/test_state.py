"""A conversation is cut at the message asked for, and whatever a tab sends as its state is read safely."""

from dataclasses import replace

import pytest

from tests.support.kept_answers import ANSWER
from web.chat.state import Conversation, TabState, parse_tab_state

TWO = Conversation(
    answers=(replace(ANSWER, question="One?"), replace(ANSWER, question="Two?")), unanswered="Three?", id="1f"
)


def test_excluded_documents_conversation_and_settings_are_read() -> None:
    text = '{"excluded": [1, "2", 3], "conversation": "1f", "settings": {"top_k": 5}}'
    assert parse_tab_state(text) == TabState(excluded=frozenset({1, 3}), conversation="1f", settings={"top_k": 5})
    assert parse_tab_state('{"excluded": [], "conversation": null, "settings": null}') == TabState(excluded=frozenset())
    assert parse_tab_state('{"excluded": null}').excluded is None, "as stored"
    assert parse_tab_state('{"only": [2, "3"]}').only == frozenset({2})
    counted = parse_tab_state('{"turn": 3, "sent": 5}')
    assert (counted.turn, counted.sent) == (3, 5)
    assert parse_tab_state('{"turn": "3"}').turn == 0


@pytest.mark.parametrize("text", ["", "[]", "7", "{", "[" * 100_000, '{"excluded": {"1": 2}, "settings": [1]}'])
def test_state_that_cannot_be_read_is_empty(text: str) -> None:
    assert parse_tab_state(text) == TabState()


def test_an_endless_id_is_cut() -> None:
    assert len(parse_tab_state('{"conversation": "' + "x" * 10_000 + '"}').conversation) == 64


def test_each_message_belongs_to_its_exchange() -> None:
    assert [TWO.question(message) for message in range(5)] == ["One?", "One?", "Two?", "Two?", "Three?"]
    assert TWO.before(3) == Conversation(answers=TWO.answers[:1], id="1f")
    assert TWO.before(4) == replace(TWO, unanswered="")
