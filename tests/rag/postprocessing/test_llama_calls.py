"""The formats of Llama 3.1 to 3.3, by examples of Meta's prompt format pages."""

import pytest

from rag.postprocessing.call_formats import LLAMA
from tests.support.tools.call_pieces import Piece, check_splits

NAMES = ("get_current_conditions", "get_weather", "say")
EXAMPLES: dict[str, tuple[str, list[Piece]]] = {
    "JSON alone": (
        '{"name": "get_current_conditions", "parameters": {"location": "San Francisco, CA", "unit": "Fahrenheit"}}',
        [("get_current_conditions", {"location": "San Francisco, CA", "unit": "Fahrenheit"})],
    ),
    "two calls": (
        '{"name": "get_weather", "parameters": {"city": "Paris"}}; {"name": "say", "parameters": {"text": "};{"}}',
        [("get_weather", {"city": "Paris"}), ("say", {"text": "};{"})],
    ),
    "the tag": (
        '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Paris"}}',
        [("get_weather", {"city": "Paris"})],
    ),
    "the tag after text, for a tool that there is not": (
        'I will call it. <|python_tag|>{"name": "fly", "arguments": {"to": "Rome"}}',
        ["I will call it. ", ("fly", {"to": "Rome"})],
    ),
    "a function's tag": (
        '<function=get_weather>{"city": "Zürich \\u2603"}</function>',
        [("get_weather", {"city": "Zürich ☃"})],
    ),
    "two tags in text": (
        'First <function=say>{"text": "</function>"}</function> then <function=say>{}</function>.',
        ["First ", ("say", {"text": "</function>"}), " then ", ("say", {}), "."],
    ),
    "a function's tag that is not closed": ('<function=say>{"text": "a"}', [("say", {"text": "a"})]),
    "text after a call": ('{"name": "say", "parameters": {}} Done.', [("say", {}), " Done."]),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_call_is_found_however_it_arrives(name: str) -> None:
    check_splits(LLAMA, *EXAMPLES[name], NAMES)


NO_CALLS = (
    '{"name": "Ada", "parameters": {"born": 1815}}',
    '{"title": "Weather", "name": "say", "parameters": {}}',
    'As JSON: {"name": "say", "parameters": {}}',
    '{"name": "say", "parameters": {"text": "a',
    "<|python_tag|>print(1)",
    "<function=say>text</function>",
    "A tag like <function= or <|python",
)


@pytest.mark.parametrize("text", NO_CALLS)
def test_json_and_tags_that_call_no_tool_are_text(text: str) -> None:
    check_splits(LLAMA, text, [text], NAMES)
