"""Settings of one conversation: which are accepted, and the messages about the others."""

from typing import Any

import pytest

from rag.answering.ask_options import AskOptions
from rag.answering.conversation_settings import options, problems
from rag.errors import SettingsError
from rag.settings import load_settings
from rag.types.decoding import Decoding


def test_what_is_chosen_is_taken_the_rest_is_as_set() -> None:
    settings = load_settings(max_new_tokens=100, top_p=0.9)
    chosen = {"temperature": 0.7, "seed": 3, "passages": 8, "strictness": 0.9, "system_prompt": "Be brief."}
    assert options(settings, chosen | {"stop": ["#"]}) == AskOptions(
        passages=8,
        strictness=0.9,
        system_prompt="Be brief.",
        decoding=Decoding(max_new_tokens=100, temperature=0.7, top_p=0.9, seed=3, stop=("#",), max_repeats=3),
    )


@pytest.mark.parametrize(
    ("chosen", "name", "said"),
    [
        ({"temperature": 9}, "temperature", "must be between 0 and 5"),
        ({"temperature": "hot"}, "temperature", "should be a valid number"),
        ({"beams": 4, "temperature": 1.0}, "beams", "beam search is deterministic"),
        ({"passages": 0}, "passages", "greater than or equal to 1"),
        ({"system_prompt": "x" * 9000}, "system_prompt", "8000 characters"),
        ({"library": "/etc"}, "library", "no such setting"),
        ({"model": "huge"}, "model", "There is small, tiny"),
    ],
)
def test_what_cannot_be_is_told_for_its_field_and_never_asked_with(
    chosen: dict[str, Any], name: str, said: str
) -> None:
    settings = load_settings()
    wrong = problems(settings, chosen, ["small", "tiny"])
    assert list(wrong) == [name]
    assert said in wrong[name]
    with pytest.raises(SettingsError, match=f"'{name}' cannot be used"):
        options(settings, chosen, ["small", "tiny"])


def test_every_mistake_is_told_at_once() -> None:
    wrong = problems(load_settings(), {"top_k": -1, "passages": "many", "beams": 99})
    assert wrong.keys() == {"top_k", "passages", "beams"}
