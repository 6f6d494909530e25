"""The model is asked for the language of the question only where its sources are in another one."""

import pytest

from rag.prompting.form_prompts import form_prompt
from rag.prompting.language_instruction import with_language
from rag.prompting.prompt import SYSTEM_PROMPT
from rag.prompting.prompt_style import LARGE_SYSTEM_PROMPT
from rag.types import Plan
from tests.conftest import passages

ENGLISH = "The members elect the chair every two years at the general assembly of the society."


@pytest.mark.parametrize("prompt", [SYSTEM_PROMPT, LARGE_SYSTEM_PROMPT])
def test_it_stands_in_place_of_the_words_of_the_sources(prompt: str) -> None:
    instructed = with_language(prompt, "de", passages([ENGLISH]))
    assert "in German" in instructed
    assert "words" not in instructed


def test_it_ends_any_other_prompt() -> None:
    assert with_language("Be brief.", "zh", passages([ENGLISH])) == "Be brief. Write in Chinese."


def test_a_prompt_in_one_language_is_the_same_to_the_byte() -> None:
    assert with_language(SYSTEM_PROMPT, "en", passages([ENGLISH])) == SYSTEM_PROMPT
    assert with_language(SYSTEM_PROMPT, "", passages([ENGLISH])) == SYSTEM_PROMPT
    assert with_language(SYSTEM_PROMPT, "de", []) == SYSTEM_PROMPT
    assert with_language(SYSTEM_PROMPT, "xx", passages([ENGLISH])) == SYSTEM_PROMPT


def test_a_list_is_asked_for_in_its_language_without_a_mark_to_repeat() -> None:
    """The default model writes nothing but the mark if it is told the mark and another language."""
    instructed = with_language(form_prompt(Plan(kind="list"), ""), "de", passages([ENGLISH]))
    assert "Answer in German with a list" in instructed
    assert '"- "' not in instructed
    assert "words of the sources" not in instructed
