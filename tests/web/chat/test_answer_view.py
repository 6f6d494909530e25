"""An answer is shown from its first passages to its last mark, and redrawn no faster than anybody reads."""

import pytest

from rag.types import Cited, Retrieved, Sentence, Token
from tests.conftest import passages
from tests.rag.exports.test_conversation_record import ANSWER
from web.chat import answer_view
from web.chat.answer_view import AnswerView
from web.chat.state import Conversation, user_message

BEFORE = (user_message("And the fee?"),)


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(answer_view, "time", clock)
    return clock


def test_an_answer_grows_below_the_messages_before_it(clock: Clock) -> None:
    shown = AnswerView("And the fee?", BEFORE, 4096)
    assert shown.update(Retrieved("the fee", tuple(passages(["Good words.", "Other words."])), ()))
    first = shown.view(Conversation())
    assert "Reading 2 passages" in first.status
    assert first.messages[:-1] == BEFORE
    assert first.quotes.count("<article") == 2

    clock.now += 1
    shown.update(Token("It is so."))
    shown.update(Cited((Sentence(start=0, end=9, text="It is so.", citations=(), support="unsupported"),)))
    text = shown.view(Conversation()).messages[-1]["content"]
    assert text.startswith("It is so. <span")
    assert "Writing" in shown.status

    shown.update(ANSWER)
    last = shown.view(Conversation())
    assert "Ravens bark." in last.messages[-1]["content"]
    assert "Dogs bark." in last.quotes


def test_tokens_that_come_at_once_are_drawn_at_once(clock: Clock) -> None:
    shown = AnswerView("And the fee?", BEFORE, 4096)
    clock.now += 1
    assert shown.update(Token("It "))
    assert not shown.update(Token("is "))
    assert shown.update(Cited(())), "marks are not kept waiting"
    clock.now += 1
    assert shown.update(Token("so."))
    assert shown.view(Conversation()).messages[-1]["content"] == "It is so."
