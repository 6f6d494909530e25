"""Thinking on its way from the model to its reader: shown, stored, never cited, and never told the model again."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from rag.exports.answer_json import answer_json
from rag.exports.answer_schema import read_exports
from rag.exports.conversation_record import answer_of, record
from rag.exports.redaction import RemovedDocuments, redact
from rag.prompting.system_prompts import SYSTEM_PROMPT
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


@pytest.fixture
def answer(services: Services) -> Answer:
    return services.assistant.answer("When do dogs bark?")


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


def test_the_model_is_not_told_again_what_it_thought(
    services: Services, generator: ScriptedGenerator, answer: Answer
) -> None:
    assert [turn.answer for turn in answer.turns] == [SAID]
    services.assistant.answer("And cats?", answer.turns)
    assert "noon [1]" not in json.dumps(generator.seen)
    assert generator.seen[0]["content"] == SYSTEM_PROMPT


def test_an_export_has_the_thinking_and_older_ones_are_read_without(services: Services, answer: Answer) -> None:
    exported = answer_json(answer, services.provenance())
    assert exported["thinking"] == THINKING
    assert not [quote for s in exported["sentences"] for quote in s["citations"] if "noon" in quote["quote"]]
    (read,) = read_exports(json.dumps(exported), "x.json")
    assert read.thinking == THINKING
    older = {name: value for name, value in exported.items() if name != "thinking"}
    assert read_exports(json.dumps(older), "x.json")[0].thinking == ""
    assert "thinking" not in answer_json(replace(answer, thinking=""), services.provenance())
    assert exported["settings"]["thinking_tokens"] == 1024


def test_a_stored_answer_keeps_its_thinking_until_a_document_that_it_read_is_removed(
    services: Services, answer: Answer
) -> None:
    stored = json.loads(json.dumps(record(answer, services.provenance())))
    assert answer_of(stored, {}).thinking == THINKING
    unrelated, own = RemovedDocuments.of((), ()), RemovedDocuments.of(services.library.documents(), ())
    assert redact([stored], unrelated, services.analyze) == [stored]
    (redacted,) = redact([stored], own, services.analyze)
    assert "Ravens" not in json.dumps(redacted)
