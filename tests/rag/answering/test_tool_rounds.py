"""The rounds: calls before the answer, bounded, with passages numbered on, and the answer written in any case."""

from collections.abc import Callable
from pathlib import Path
from threading import Event as Flag
from typing import Any, Literal

import pytest

from rag.answering.tool_rounds import may_call_tools
from rag.answering.toolbox import DEFINITIONS
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Answer, Certainty, Event, Retrieved, Thought, Token, ToolCalled
from rag.types.decoding import Decoding
from tests.support.assistants import assistant_over
from tests.support.fakes import ScriptedGenerator
from tests.support.tools.calling_generator import CallingGenerator, call

SEARCH = call("search", '{"query": "cats sleep"}')
Ask = Callable[..., list[Event]]


@pytest.fixture
def ask(library: SqliteLibrary, tmp_path: Path, store_text: Callable[..., int]) -> Ask:
    """Ask a question of three documents with a generator that may call tools."""

    def run(generator: CallingGenerator, question: str = "When do dogs bark?", *, tools: bool = True) -> list[Event]:
        settings: dict[str, Any] = {
            "passages": 1,
            "decoding": Decoding(max_new_tokens=100),
            "grounded_decoding": "figures",
        }
        assistant = assistant_over(library, tmp_path / "library", generator, **settings, tools=tools)
        return list(assistant.ask(question))

    store_text("a.txt", "Dogs bark at night.")
    store_text("b.txt", "Cats sleep by day.")
    store_text("c.txt", "The club has 143 members, of whom 57 are juniors.")
    return run


def answer_of(events: list[Event]) -> Answer:
    assert isinstance(events[-1], Answer)
    return events[-1]


def test_the_model_reads_what_a_search_adds_numbered_on_and_it_is_cited_like_the_rest(ask: Ask) -> None:
    generator = CallingGenerator(f"Let me look. {SEARCH}", "Dogs bark at night. Cats sleep by day.")
    events = ask(generator)
    retrieved = next(event for event in events if isinstance(event, Retrieved))
    (called,) = [event for event in events if isinstance(event, ToolCalled)]
    answer = answer_of(events)
    assert (called.name, called.arguments) == ("search", {"query": "cats sleep"})
    assert called.passages[0].chunk.text == "Cats sleep by day."
    assert answer.text == "Dogs bark at night. Cats sleep by day."
    assert answer.passages == (*retrieved.passages, *called.passages)
    assert [[c.number for c in sentence.citations] for sentence in answer.sentences] == [[1], [2]]
    assert (answer.tool_calls, answer.stop_reason) == ((called,), "end")
    assert answer.turns[-1].passages == answer.passages
    assert events.index(called) < next(i for i, event in enumerate(events) if isinstance(event, Token))
    assert "".join(event.text for event in events if isinstance(event, Thought)).strip() == "Let me look."
    (first, had_tools), (second, _) = generator.prompts
    asked, result = second[len(first) :]
    assert had_tools
    assert (asked["content"], asked["tool_calls"][0].arguments) == ("Let me look.", {"query": "cats sleep"})
    assert result["tool_call_id"] == asked["tool_calls"][0].id == "call00001"
    assert result["content"].startswith('<source id="2" from="b.txt, p. 1">')


def test_an_answer_without_a_call_streams_and_is_the_only_prompt(ask: Ask) -> None:
    generator = CallingGenerator("Dogs bark at night. " + "Dogs bark. " * 12)
    events = ask(generator)
    assert len(generator.prompts) == 1
    assert not answer_of(events).tool_calls
    assert len([event for event in events if isinstance(event, Token)]) > 20


def test_after_a_second_mistake_the_answer_is_written_from_the_usual_prompt(ask: Ask) -> None:
    wrong = call("search", '{"q": 1}')
    generator = CallingGenerator(SEARCH + wrong, wrong, "Cats sleep by day.")
    answer = answer_of(ask(generator, "What do cats do?"))
    assert [each.failed for each in answer.tool_calls] == [False, True, True]
    last, had_tools = generator.prompts[-1]
    assert not had_tools
    assert [message["role"] for message in last] == ["system", "user"]
    assert '<source id="2"' in last[1]["content"]
    assert last[1]["content"].endswith("Question: What do cats do?")
    assert answer.passages[answer.sentences[0].citations[0].number - 1].chunk.text == "Cats sleep by day."


def test_rounds_end_however_often_a_model_calls(ask: Ask) -> None:
    calls = [call("calculate", f'{{"expression": "143 + {number}"}}') for number in range(12)]
    generator = CallingGenerator(*calls)
    answer = answer_of(ask(generator, "How many members does the club have?"))
    assert len(generator.prompts) == 4
    assert len(answer.tool_calls) == 3
    at_once = CallingGenerator("".join(calls), "Dogs bark at night.")
    assert len(answer_of(ask(at_once, "How many members does the club have?")).tool_calls) == 6


def test_a_calculation_is_evidence_and_may_be_written(ask: Ask) -> None:
    generator = CallingGenerator(call("calculate", '{"expression": "143 - 57"}'), "The club has 86 senior members.")
    answer = answer_of(ask(generator, "How many members of the club are no juniors?"))
    assert generator.prompts[1][0][-1]["content"] == "143 − 57 = 86"
    grounding = generator.groundings[1]
    assert grounding is not None
    assert "143 − 57 = 86" in grounding.texts
    assert answer.computed is not None
    assert answer.computed.results == ("86",)
    (sentence,) = answer.sentences
    assert (sentence.support, sentence.citations[0].quote) == (
        "supported",
        "The club has 143 members, of whom 57 are juniors.",
    )


def test_a_calculation_with_a_number_of_nobody_is_a_mistake(ask: Ask) -> None:
    generator = CallingGenerator(call("calculate", '{"expression": "(32 - 30) / 30"}'), "Dogs bark at night.")
    answer = answer_of(ask(generator))
    (called,) = answer.tool_calls
    assert (called.failed, called.result) == (
        True,
        "32 stands in no source: calculate with numbers of the sources.",
    )
    assert answer.computed is None


def test_passages_that_do_not_fit_the_window_are_not_added(ask: Ask) -> None:
    generator = CallingGenerator(SEARCH, "Dogs bark at night.")
    ask(generator)
    first, second = (generator.count_tokens(prompt, DEFINITIONS) for prompt, _ in generator.prompts)
    small = CallingGenerator(SEARCH, "Dogs bark at night.", context_tokens=100 + second - 5)
    assert len(answer_of(ask(small)).tool_calls[0].passages) == 1
    smaller = CallingGenerator(SEARCH, "Dogs bark at night.", context_tokens=100 + first)
    (called,) = answer_of(ask(smaller)).tool_calls
    assert called.passages == ()
    assert called.result.startswith("There is no room")
    none = CallingGenerator("Dogs bark at night.", context_tokens=100 + first - 1)
    ask(none)
    assert [had_tools for _, had_tools in none.prompts] == [False], "not even the tools fit"


@pytest.mark.parametrize(
    "calls",
    [call("calculate", '{"expression": "143 - 57"}'), call("fly", "{}"), call("search", '{"q": 1}'), SEARCH],
    ids=["a result", "no tool", "wrong arguments", "no room for a passage"],
)
def test_a_call_that_does_not_fit_the_window_ends_the_rounds(ask: Ask, calls: str) -> None:
    question = "How many members of the club are no juniors?"
    first = CallingGenerator("There are 86.")
    ask(first, question)
    window = 100 + first.count_tokens(first.prompts[0][0], DEFINITIONS)
    generator = CallingGenerator(calls, "There are 86.", context_tokens=window)
    answer = answer_of(ask(generator, question))
    assert (answer.text, answer.stop_reason, len(answer.tool_calls)) == ("There are 86.", "end", 1)
    assert [had_tools for _, had_tools in generator.prompts] == [True, False]


def test_the_probe_counts_only_where_nothing_was_called(ask: Ask) -> None:
    certain = Certainty(answerable=3.0, min_log_prob=-0.1)
    plain = answer_of(ask(CallingGenerator("Dogs bark at night.", certainty=certain)))
    called = answer_of(ask(CallingGenerator(SEARCH, "Dogs bark at night.", certainty=certain)))
    assert plain.signals.certainty == certain
    assert called.signals.certainty == Certainty(None, -0.1)


def test_cancelling_during_the_rounds_ends_the_answer(library: SqliteLibrary, ask: Ask) -> None:
    class Cancelling(CallingGenerator):
        def stream(self, messages, decoding, cancelled=None, grounding=None, tools=()):  # type: ignore[no-untyped-def]
            flag = Flag()
            flag.set()
            return super().stream(messages, decoding, flag, grounding, tools)

    answer = answer_of(ask(Cancelling(SEARCH)))
    assert (answer.stop_reason, answer.tool_calls, answer.text) == ("cancelled", (), "")


@pytest.mark.parametrize(
    ("setting", "helps", "calls"),
    [("off", True, False), ("auto", True, True), ("auto", False, False), ("on", False, True)],
)
def test_a_model_calls_tools_if_that_helps_it_or_is_set_and_if_it_can(
    caplog: pytest.LogCaptureFixture, setting: Literal["off", "auto", "on"], helps: bool, calls: bool
) -> None:
    assert may_call_tools(setting, CallingGenerator(""), helps=helps) == calls
    assert caplog.text == ""
    assert not may_call_tools(setting, ScriptedGenerator(), helps=helps)
    said = "The model in use cannot call tools, so it answers without (setting tools)."
    assert (said in caplog.text) == (setting == "on")
