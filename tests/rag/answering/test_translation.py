"""Questions and sentences are translated by a short generation, each once, or not at all."""

import pytest

from rag.answering.translation import Translator
from rag.errors import QuestionError, ServerError
from rag.interfaces import TextDelta
from rag.runtime.progress import CancelEvent
from tests.support.fakes import ScriptedGenerator

GERMAN = "Die Brücke von Baden wurde im Jahr 1868 gebaut."
ENGLISH = "The bridge of Baden was built in the year 1868."
QUESTION = "In welchem Jahr wurde die Brücke Nummer 4 von Baden gebaut?"
ASKED = "In which year was the bridge number 4 of Baden built?"


def test_a_sentence_is_translated_once() -> None:
    generator = ScriptedGenerator(ENGLISH, context_tokens=600)
    translator = Translator(generator)
    assert translator.sentence(GERMAN, "en") == ENGLISH
    generator.script = "Something else."
    assert translator.sentence(GERMAN, "en") == ENGLISH
    assert "English" in generator.seen[0]["content"]
    assert GERMAN in generator.seen[-1]["content"]


@pytest.mark.parametrize(
    ("script", "language", "context_tokens"),
    [
        (GERMAN, "en", 600),
        (ENGLISH, "xx", 600),
        (ENGLISH, "en", 20),
        (f"{ENGLISH} " * 60, "en", 600),
    ],
    ids=["left in its language", "a language without a name", "no room", "cut off"],
)
def test_without_a_translation_there_is_none(script: str, language: str, context_tokens: int) -> None:
    translator = Translator(ScriptedGenerator(script, context_tokens=context_tokens))
    assert translator.sentence(GERMAN, language) == ""


def test_what_was_stopped_is_asked_again() -> None:
    generator = ScriptedGenerator(ENGLISH, context_tokens=600)
    translator = Translator(generator)
    cancelled = CancelEvent()
    cancelled.set()
    assert translator.sentence(GERMAN, "en", None, cancelled) == ""
    assert translator.sentence(GERMAN, "en") == ENGLISH


class Failing(ScriptedGenerator):
    """Break off in the first generation: with an error, or with an answer that ends "interrupted"."""

    def __init__(self, error: Exception | None) -> None:
        super().__init__(ENGLISH, context_tokens=600)
        self.error = error
        self.has_failed = False

    def stream(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        if self.has_failed:
            yield from super().stream(*args, **kwargs)
            return
        self.has_failed = True
        yield TextDelta("The bridge", 2)
        if self.error:
            raise self.error
        yield TextDelta("", 2, "interrupted")


@pytest.mark.parametrize("error", [ServerError("It cannot be reached."), QuestionError("It is too long."), None])
def test_a_translation_that_fails_is_none_and_asked_again(error: Exception | None) -> None:
    translator = Translator(Failing(error))
    assert translator.sentence(GERMAN, "en") == ""
    assert translator.sentence(GERMAN, "en") == ENGLISH


def test_a_question_is_translated_for_the_search() -> None:
    generator = ScriptedGenerator(f"{ASKED}\n")
    translator = Translator(generator)
    assert translator.question(QUESTION, "en") == ASKED
    assert "Do not answer it" in generator.seen[0]["content"]
    assert generator.seen[-1]["content"] == f"Question: {QUESTION}\nTranslation:"


@pytest.mark.parametrize("script", ["", QUESTION, ASKED.replace("4", "5")])
def test_a_translated_question_must_be_in_the_language_and_keep_its_numbers(script: str) -> None:
    assert Translator(ScriptedGenerator(script)).question(QUESTION, "en") == ""
