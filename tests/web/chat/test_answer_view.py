"""An answer is shown from its first passages to its last mark, and redrawn no faster than anybody reads."""

import re

import pytest

from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Citation, Cited, Planned, PromptRead, Retrieved, Sentence, Thought, Token, ToolCalled
from rag.understanding.planner import plan
from tests.conftest import passages
from tests.support.kept_answers import ANSWER
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


@pytest.fixture
def shown(clock: Clock, library: SqliteLibrary) -> AnswerView:
    return AnswerView("And the fee?", BEFORE, 4096, library)


def last(shown: AnswerView) -> str:
    """Return what the answer shows now."""
    return shown.view(Conversation()).messages[-1]["content"]


def test_an_answer_grows_below_the_messages_before_it(clock: Clock, shown: AnswerView) -> None:
    assert shown.update(Retrieved("the fee", tuple(passages(["Good words.", "Other words."])), ()))
    first = shown.view(Conversation())
    assert first.messages[:-1] == BEFORE
    assert "Reading 2 passages" in first.messages[-1]["content"]
    assert first.quotes.count("<article") == 2

    clock.now += 1
    shown.update(Token("It is so."))
    shown.update(Cited((Sentence(start=0, end=9, text="It is so.", citations=(), support="unsupported"),)))
    text = last(shown)
    assert text.startswith("It is so. <button")
    assert shown.status == "", "the words say so themselves"

    shown.update(ANSWER)
    assert "Ravens bark." in re.sub("<[^>]+>", "", last(shown))
    assert "Dogs bark." in shown.view(Conversation()).quotes


def test_a_wait_has_a_bar_below_the_chat_until_the_first_word(clock: Clock, shown: AnswerView) -> None:
    shown.update(Retrieved("the fee", tuple(passages(["Good words."])), ()))
    assert shown.update(PromptRead(0.4, 12.3))
    view = shown.view(Conversation())
    assert 'value="0.4"' in view.status
    assert "about 12 s" in view.status
    assert "Reading 1 passage" in view.messages[-1]["content"], "the log says it once"
    clock.now += 1
    shown.update(Token("It is so."))
    assert shown.view(Conversation()).status == ""


def test_what_a_model_thinks_is_only_named_until_its_answer_begins(clock: Clock, shown: AnswerView) -> None:
    clock.now += 1
    assert shown.update(Thought("Let me "))
    assert not shown.update(Thought("see.")), "no faster than anybody reads"
    view = shown.view(Conversation())
    assert "Thinking …" in view.messages[-1]["content"]
    assert "Let me" not in view.messages[-1]["content"]
    clock.now += 1
    assert shown.update(Token("It is so."))
    text = last(shown)
    assert text.startswith('<details class="cw-thinking">')
    assert "Let me see." in text
    assert text.endswith("</details>\n\nIt is so.")


def test_what_is_being_done_is_said_in_the_language_of_the_question(clock: Clock, shown: AnswerView) -> None:
    shown.update(Planned(plan("Nenne alle Parteien des Vertrags.")))
    assert "Die Liste wird zusammengestellt …" in last(shown)
    shown.update(Retrieved("Parteien", tuple(passages(["Gute Worte.", "Andere."])), ()))
    assert "2 Stellen werden gelesen …" in last(shown)
    clock.now += 1
    shown.update(Thought("Hm."))
    assert "denkt nach …" in last(shown)


def test_a_call_of_a_tool_is_shown_with_what_it_added(clock: Clock, shown: AnswerView) -> None:
    shown.update(Retrieved("the fee", tuple(passages(["Good words."])), ()))
    assert shown.update(ToolCalled("search", {"query": "the fee"}, "", tuple(passages(["Other words."]))))
    view = shown.view(Conversation())
    assert view.messages[-1]["content"].endswith("Searched again for “the fee” (1 passage added)</span>")
    assert view.status == ""
    assert view.quotes.count("<article") == 2
    citation = Citation(number=2, document="a.txt", page=1, label="1", start=0, end=5, quote="Other", score=1.0)
    clock.now += 1
    shown.update(Token("It is so."))
    shown.update(Cited((Sentence(start=0, end=9, text="It is so.", citations=(citation,), support="supported"),)))
    text = last(shown)
    assert text.startswith('<details class="cw-calls">')
    assert ">1</button>" in text
