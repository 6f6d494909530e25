"""The model is asked for the language of the question only where its sources are in another one."""

import pytest

from rag.prompting.language_instruction import with_language
from rag.prompting.prompt import SYSTEM_PROMPT
from rag.prompting.prompt_style import LARGE_SYSTEM_PROMPT
from tests.conftest import passages

ENGLISH = "The members elect the chair every two years at the general assembly of the society."


@pytest.mark.parametrize("prompt", [SYSTEM_PROMPT, LARGE_SYSTEM_PROMPT])
def test_it_stands_in_place_of_the_words_of_the_sources(prompt: str) -> None:
    instructed = with_language(prompt, "de", passages([ENGLISH]))
    assert "in German" in instructed
    assert "words" not in instructed


def test_a_prompt_in_one_language_is_the_same_to_the_byte() -> None:
    assert with_language(SYSTEM_PROMPT, "en", passages([ENGLISH])) == SYSTEM_PROMPT
    assert with_language(SYSTEM_PROMPT, "", passages([ENGLISH])) == SYSTEM_PROMPT
    assert with_language(SYSTEM_PROMPT, "de", []) == SYSTEM_PROMPT
    assert with_language(SYSTEM_PROMPT, "xx", passages([ENGLISH])) == SYSTEM_PROMPT
