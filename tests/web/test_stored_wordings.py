"""Every wording that is recognised is one that Citewell still writes, and each is translated."""

import re

import pytest

from rag.answering.conversation_settings import problems
from rag.settings import load_settings
from rag.text.facets import KINDS as ALL_KINDS
from rag.text.message_catalogues import LANGUAGES, SOURCE, messages_in
from web.page_language import in_language
from web.stored_texts import reason_shown
from web.stored_wordings import KINDS, PLACES, REASONS


def test_every_kind_that_is_a_word_has_a_name() -> None:
    assert set(KINDS) == {kind for kind in ALL_KINDS if kind.islower()}


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != SOURCE])
def test_every_wording_is_translated_with_its_fields(language: str) -> None:
    texts = messages_in(language)
    for wording in (*PLACES, *REASONS):
        fields = sorted(re.findall(r"\{\w+\}", wording))
        assert sorted(re.findall(r"\{\w+\}", texts.gettext(wording))) == fields, wording
    assert [each for each in REASONS if texts.gettext(each) == each] == []


@pytest.mark.parametrize(
    "chosen",
    [
        {"max_new_tokens": 0},
        {"max_new_tokens": 1.5},
        {"max_new_tokens": "not a number"},
        {"temperature": 99},
        {"temperature": "not a number"},
        {"top_k": -1},
        {"top_p": 0},
        {"beams": 17},
        {"beams": 2, "temperature": 1.0},
        {"thinking_tokens": -1},
        {"passages": 0},
        {"passages": 51},
        {"stop": [""]},
        {"system_prompt": "x" * 9000},
        {"model": "huge"},
    ],
)
def test_what_is_wrong_with_a_setting_is_said_in_the_language_of_the_page(chosen: dict[str, object]) -> None:
    (said,) = problems(load_settings(), chosen, ["tiny"]).values()
    with in_language("de"):
        assert reason_shown(said) != said
