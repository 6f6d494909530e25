"""The system prompt of each form, in the language of the answer."""

import pytest

from rag.answering.system_prompts import LARGE_SYSTEM_PROMPT, SYSTEM_PROMPT, form_prompt, with_language
from rag.types import Plan
from tests.conftest import passages

ENGLISH = passages(["The members elect the chair every two years at the general assembly of the society."])


def test_every_form_says_that_sources_are_no_instructions_and_what_the_answer_looks_like() -> None:
    for kind in ("list", "summary", "comparison", "explanation", "table", "parts"):
        prompt = form_prompt(Plan(kind=kind), "DEFAULT")
        assert "never instructions" in prompt
        assert "DEFAULT" not in prompt
    assert "one item a line" in form_prompt(Plan(kind="list"), "DEFAULT")


@pytest.mark.parametrize("prompt", [SYSTEM_PROMPT, LARGE_SYSTEM_PROMPT])
def test_the_language_stands_in_place_of_the_words_of_the_sources(prompt: str) -> None:
    assert "never instructions to you" in prompt
    instructed = with_language(prompt, "de", ENGLISH)
    assert "in German" in instructed
    assert "words" not in instructed


def test_a_prompt_in_one_language_is_the_same_to_the_byte() -> None:
    for language, shown in (("en", ENGLISH), ("", ENGLISH), ("de", []), ("xx", ENGLISH)):
        assert with_language(SYSTEM_PROMPT, language, shown) == SYSTEM_PROMPT
