"""How well a sentence is supported is said in the language of the question."""

import pytest

from rag.exports.support_notes import support_notes
from rag.types import Sentence

SENTENCE = Sentence(start=0, end=4, text="Dogs", citations=(), support="supported")


@pytest.mark.parametrize(
    ("sentence", "language", "notes"),
    [
        (SENTENCE, "en", []),
        (Sentence(start=0, end=4, text="Dogs", citations=(), support="weak"), "", ["partly supported"]),
        (Sentence(start=0, end=4, text="Dogs", citations=(), support="unsupported"), "en", ["not in the sources"]),
        (
            Sentence(start=0, end=5, text="Hunde", citations=(), support="supported", translation="Dogs"),
            "de",
            ["übersetzt"],
        ),
        (
            Sentence(start=0, end=5, text="Hunde", citations=(), support="weak", translation="Dogs"),
            "de",
            ["teilweise belegt"],
        ),
    ],
)
def test_notes(sentence: Sentence, language: str, notes: list[str]) -> None:
    assert support_notes(sentence, language) == notes


def test_a_sentence_that_was_cut_off_is_said_to_be() -> None:
    assert support_notes(SENTENCE, "es", is_cut=True) == ["incompleta"]
