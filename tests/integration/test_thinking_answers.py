"""Thinking on its way from the model to its reader: shown, and never told the model again."""

import json
from collections.abc import Callable, Iterator

import pytest

from rag.answering.system_prompts import SYSTEM_PROMPT
from rag.services import Services
from rag.settings import load_settings
from rag.types import Answer, Cited, Planned, Retrieved, Thought, Token
from tests.support.fakes import ScriptedGenerator, WordEmbedder

THINKING = "Cats bark at noon [1]. Or not? Ravens do."
SAID = "Dogs bark at night."


@pytest.fixture
def generator() -> ScriptedGenerator:
    return ScriptedGenerator(SAID, 4096, thinking=THINKING)


@pytest.fixture
def services(generator: ScriptedGenerator, store_text: Callable[..., int]) -> Iterator[Services]:
    store_text("a.txt", "Dogs bark at night.", "Cats sleep at noon.")
    with Services(load_settings(model="tiny", embedder="words")) as made:
        made.embedder, made.generator = WordEmbedder(), generator
        yield made


def test_thinking_comes_before_the_answer_and_apart_from_it(services: Services) -> None:
    planned, first, *events, answer = services.assistant.ask("When do dogs bark?")
    assert isinstance(planned, Planned)
    assert isinstance(first, Retrieved)
    assert isinstance(answer, Answer)
    kinds = [type(event) for event in events]
    assert kinds == [Thought] * kinds.count(Thought) + [kind for kind in kinds if kind is not Thought]
    assert set(kinds) <= {Thought, Token, Cited}
    assert "".join(event.text for event in events if isinstance(event, Thought)) == THINKING == answer.thinking
    assert answer.text == SAID
    assert answer.timings.output_tokens == 4


def test_the_model_is_not_told_again_what_it_thought(services: Services, generator: ScriptedGenerator) -> None:
    answer = services.assistant.answer("When do dogs bark?")
    assert [turn.answer for turn in answer.turns] == [SAID]
    services.assistant.answer("And cats?", answer.turns)
    assert "noon [1]" not in json.dumps(generator.seen)
    assert generator.seen[0]["content"] == SYSTEM_PROMPT
