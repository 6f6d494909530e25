"""A right sentence in another language than the passages stands, with its quote; a wrong one does not."""

from collections.abc import Sequence

import pytest

from rag.grounding.citations import cite
from rag.grounding.scorer_by_language import ScorerByLanguage
from rag.grounding.sentence_translation import Example
from rag.grounding.translated_answers import Asked, TranslatedSupport
from rag.runtime.progress import CancelEvent
from rag.types import Passage, Sentence
from tests.conftest import passages

SOURCE = "The bridge of Baden was built by Anna Weber in 1868. It was not painted before the war."
ASKED = Asked("Wer baute wann die Brücke von Baden?", "Who built the bridge of Baden, and when?", "de")
RIGHT = "Die Brücke von Baden wurde 1868 von Anna Weber gebaut."
SCORER = ScorerByLanguage()


def judged(
    text: str, translation: str, *texts: str, asked: Asked = ASKED, cancelled: CancelEvent | None = None
) -> Sentence:
    """Return the one sentence of an answer, judged by this translation."""
    seen: list[tuple[str, str, Example | None]] = []

    def translate(sentence: str, language: str, example: Example | None, _: CancelEvent | None) -> str:
        seen.append((sentence, language, example))
        return translation

    read: Sequence[Passage] = passages(list(texts or [SOURCE]))
    support = TranslatedSupport(translate, SCORER)
    (sentence,) = support.judge(cite(text, asked.question, read, SCORER), asked, read, cancelled)
    plain = text.removeprefix("4. ")
    assert all(call == (plain, "en", (asked.question, asked.translated)) for call in seen)
    return sentence


def test_a_right_sentence_is_supported_by_the_quote_in_the_original() -> None:
    sentence = judged(RIGHT, "The bridge of Baden was built by Anna Weber in 1868.")
    assert (sentence.text, sentence.support) == (RIGHT, "supported")
    assert sentence.translation == "The bridge of Baden was built by Anna Weber in 1868."
    assert sentence.citations[0].quote == "The bridge of Baden was built by Anna Weber in 1868."


@pytest.mark.parametrize(
    ("text", "translation", "missing"),
    [
        (
            "Die Brücke von Baden wurde 1869 von Anna Weber gebaut.",
            "The bridge of Baden was built by Anna Weber in 1869.",
            "1869",
        ),
        (
            "Die Brücke von Baden wurde 1869 von Anna Weber gebaut.",
            "The bridge of Baden was built by Anna Weber in 1868.",  # the model knows better
            "1869",
        ),
        (
            "Die Brücke von Baden wurde 1868 von Karl Huber gebaut.",
            "The bridge of Baden was built by Karl Huber in 1868.",
            "Karl",
        ),
        (
            "Die Brücke von Baden wurde 1868 nicht von Anna Weber gebaut.",
            "The bridge of Baden was built by Anna Weber in 1868.",
            "nicht",
        ),
    ],
    ids=["number", "number lost", "name", "negation lost"],
)
def test_a_wrong_fact_does_not_pass(text: str, translation: str, missing: str) -> None:
    sentence = judged(text, translation)
    assert sentence.support != "supported"
    assert missing in sentence.missing


def test_a_sentence_that_cannot_be_translated_stays_as_it_was_judged() -> None:
    sentence = judged("Die Stadt ist vor allem für ihre alten Bäder bekannt.", "")
    assert (sentence.support, sentence.translation) == ("unsupported", "")


def test_a_sentence_in_the_language_of_a_passage_is_not_translated() -> None:
    english = "The bridge of Baden was built by Anna Weber in 1868."
    assert judged(english, "never asked for").translation == ""
    assert judged(RIGHT, "never asked for", SOURCE * 2, f"{RIGHT} Sie ist aus Stein und Holz.").translation == ""


def test_a_block_of_code_is_not_translated() -> None:
    assert judged("```\nEs baut die Brücke von Baden wieder auf\n```", "never asked for").translation == ""


def test_a_stop_leaves_the_rest_as_it_was_judged() -> None:
    cancelled = CancelEvent()
    cancelled.set()
    assert judged(RIGHT, "never asked for", cancelled=cancelled).translation == ""


def test_a_translation_of_two_sentences_is_as_well_supported_as_the_weaker() -> None:
    sentence = judged(RIGHT, "The bridge of Baden was built by Anna Weber. Penguins live in Africa in 1868.")
    assert sentence.support == "unsupported"
