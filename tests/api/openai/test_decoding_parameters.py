"""Parameters of decoding become settings, as far as the model's window allows."""

from typing import Any

import pytest

from api.openai.decoding_parameters import DecodingFields, chosen_decoding
from api.openai.openai_errors import ParameterError
from api.openai.request_fields import parsed
from rag.settings import load_settings


def chosen(**values: Any) -> dict[str, Any]:
    return chosen_decoding(parsed(DecodingFields, values), load_settings(beams=4), 4096)


@pytest.mark.parametrize(
    ("given", "settings"),
    [
        ({}, {}),
        ({"temperature": 0}, {"temperature": 0.0}),
        ({"temperature": 1.5}, {"temperature": 1.5, "beams": 1}),
        ({"top_p": 0, "temperature": 1}, {"temperature": 0.0}),
        ({"top_p": 0.5}, {"top_p": 0.5}),
        ({"max_tokens": 7}, {"max_new_tokens": 7}),
        ({"max_tokens": 7, "max_completion_tokens": 9}, {"max_new_tokens": 9}),
        ({"max_output_tokens": 8}, {"max_new_tokens": 8}),
        ({"max_tokens": 100_000}, {"max_new_tokens": 1024}),
        ({"seed": 3}, {"seed": 3}),
        ({"stop": "#"}, {"stop": ["#"]}),
        ({"stop": ["#", ""]}, {"stop": ["#"]}),
        ({"stop": ""}, {}),
        ({"citewell": {"passages": 8, "strictness": 0.1, "more": 1}}, {"passages": 8, "strictness": 0.1}),
    ],
)
def test_a_parameter_is_a_setting(given: dict[str, Any], settings: dict[str, Any]) -> None:
    assert chosen(**given) == settings


@pytest.mark.parametrize(
    "given",
    [
        {"temperature": 3},
        {"temperature": float("nan")},
        {"top_p": 2},
        {"max_tokens": 0},
        {"seed": 2**64},
        {"stop": ["#"] * 17},
        {"stop": [1]},
        {"citewell": []},
    ],
)
def test_what_is_out_of_range_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        chosen(**given)
