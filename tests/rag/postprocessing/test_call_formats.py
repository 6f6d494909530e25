"""The formats of calls, by examples of their documentation and of models that bend them."""

import pytest

from rag.postprocessing.call_formats import HERMES, LLAMA, MISTRAL, CallFormat
from tests.support.tools.call_pieces import Piece, check_splits

Examples = dict[str, tuple[str, list[Piece]]]

HERMES_CALLS: Examples = {
    "Hermes 2 Pro: arguments before the name": (
        '<tool_call>\n{"arguments": {"symbol": "TSLA"}, "name": "get_stock_fundamentals"}\n</tool_call>',
        [("get_stock_fundamentals", {"symbol": "TSLA"})],
    ),
    "escapes, braces and marks in a text": (
        (
            '<tool_call>{"name": "say", "arguments": {"text": "\\"}</tool_call>{[\\u00e4ß\\\\", "in": {"a": [{}]}}}'
            "</tool_call>"
        ),
        [("say", {"text": '"}</tool_call>{[äß\\', "in": {"a": [{}]}})],
    ),
    "arguments as text": (
        '<tool_call>{"name": "say", "arguments": "{\\"text\\": \\"a\\"}"}</tool_call>',
        [("say", {"text": "a"})],
    ),
    "no closing tag at the end": (
        '<tool_call>\n{"name": "say", "arguments": {"text": "a"}}\n',
        [("say", {"text": "a"})],
    ),
    "no closing tag before the next call": (
        '<tool_call>{"name": "a", "arguments": {}}\n<tool_call>{"name": "b", "arguments": {}}</tool_call>',
        [("a", {}), ("b", {})],
    ),
}

BARE_HERMES_CALLS: Examples = {
    "no tags": ('{"name": "say", "arguments": {"text": "a"}}', [("say", {"text": "a"})]),
    "braces doubled": ('{{"name": "say", "arguments": {"text": "}}"}}}', [("say", {"text": "}}"})]),
    "the tags of the tools": (
        '<tools>\n{"name": "say", "arguments": {"text": "a"}}\n</tools>',
        [("say", {"text": "a"})],
    ),
    "their tags around no call": (
        '<tools>{"name": "fly", "arguments": {}}</tools>',
        ['<tools>{"name": "fly", "arguments": {}}</tools>'],
    ),
    "two lines": (
        '{"name": "say", "arguments": {}}\n{"name": "say", "arguments": {"n": 1}}',
        [("say", {}), "\n", ("say", {"n": 1})],
    ),
    "a tool that there is not": ('{"name": "fly", "arguments": {}}', ['{"name": "fly", "arguments": {}}']),
    "after text": ('So: {"name": "say", "arguments": {}}', ['So: {"name": "say", "arguments": {}}']),
}
"""Of a known tool, before any text."""

BROKEN_HERMES_CALLS = (
    '<tool_call>{"name": "say", "arguments": {"text": "a}}</tool_call>',
    "<tool_call>{'name': 'say', 'arguments': {}}</tool_call>",
    '<tool_call>{"name": "say", "arguments": ["a"]}</tool_call>',
    '<tool_call>{"name": 3, "arguments": {}}</tool_call>',
    '<tool_call>[{"name": "say", "arguments": {}}]</tool_call>',
    '<tool_call>{"name": "say", "arguments": {}} and more</tool_call>',
    "<tool_call>say(text='a')</tool_call>",
    "<tool_call>\n<function=say>\n<parameter=text>\na\n</parameter>\n</function>\n</tool_call>",
    "The tag <tool_call> opens a call, and </tool_call> closes it.",
)

LLAMA_NAMES = ("get_current_conditions", "get_weather", "say")
LLAMA_CALLS: Examples = {
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
    "a function's tag that is not closed": ('<function=say>{"text": "a"}', [("say", {"text": "a"})]),
    "text after a call": ('{"name": "say", "parameters": {}} Done.', [("say", {}), " Done."]),
}
"""By Meta's prompt format pages of Llama 3.1 to 3.3."""

NO_LLAMA_CALLS = (
    '{"name": "Ada", "parameters": {"born": 1815}}',
    '{"title": "Weather", "name": "say", "parameters": {}}',
    'As JSON: {"name": "say", "parameters": {}}',
    '{"name": "say", "parameters": {"text": "a',
    "<|python_tag|>print(1)",
    "<function=say>text</function>",
    "A tag like <function= or <|python",
)

CITY = {"city": "San Francisco", "state": "CA", "unit": "celsius"}
MISTRAL_CALLS: Examples = {
    "a list": (
        (
            '[TOOL_CALLS] [{"name": "get_current_weather", "arguments":{"city": "San Francisco", "state": "CA", '
            '"unit": "celsius"}}]'
        ),
        [("get_current_weather", CITY)],
    ),
    "a list of two, with ids": (
        (
            '[TOOL_CALLS][{"name": "add", "arguments": {"a": 3.5, "b": 4}, "id": "VvvODy9mT"}, '
            '{"name": "say", "arguments": {"text": "[TOOL_CALLS] ]}"}, "id": "VvvODy9mU"}]'
        ),
        [("add", {"a": 3.5, "b": 4}), ("say", {"text": "[TOOL_CALLS] ]}"})],
    ),
    "one without a list": ('[TOOL_CALLS] {"name": "add", "arguments": {"a": 1}}', [("add", {"a": 1})]),
    "the name first": ('[TOOL_CALLS]add_this_and_that{"a": 3.5, "b": 4}', [("add_this_and_that", {"a": 3.5, "b": 4})]),
    "text after": ("[TOOL_CALLS]add[ARGS]{} there", [("add", {}), " there"]),
    "an id before the arguments": (
        '[TOOL_CALLS]special_function[CALL_ID]123456789[ARGS]{"arg1": "é\\n{"}',
        [("special_function", {"arg1": "é\n{"})],
    ),
}
"""By mistral-common and vLLM, older and newer."""

BROKEN_MISTRAL_CALLS = (
    '[TOOL_CALLS][{"name": "add", "arguments": {"a": 1}}',
    '[TOOL_CALLS][{"name": "add", "arguments": {"a": 1}}, {"a": 1}]',
    "[TOOL_CALLS] are announced so.",
    "[TOOL_CALLS]add[ARGS](1, 2)",
    '[TOOL_CALLS]add[CALL_ID][ARGS]{"a": 1',
    "[1] and [TOOL",
)


@pytest.mark.parametrize(
    ("form", "text", "expected", "names"),
    [
        pytest.param(form, *example, names, id=f"{family}: {name}")
        for family, form, examples, names in (
            ("Hermes", HERMES, HERMES_CALLS, ()),
            ("Hermes", HERMES, BARE_HERMES_CALLS, ("say",)),
            ("Llama", LLAMA, LLAMA_CALLS, LLAMA_NAMES),
            ("Mistral", MISTRAL, MISTRAL_CALLS, ()),
        )
        for name, example in examples.items()
    ],
)
def test_a_call_is_found_however_it_arrives(
    form: CallFormat, text: str, expected: list[Piece], names: tuple[str, ...]
) -> None:
    check_splits(form, text, expected, names)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        *((HERMES, text) for text in BROKEN_HERMES_CALLS),
        *((LLAMA, text) for text in NO_LLAMA_CALLS),
        *((MISTRAL, text) for text in BROKEN_MISTRAL_CALLS),
    ],
)
def test_what_is_no_call_is_text_and_nothing_is_lost(form: CallFormat, text: str) -> None:
    check_splits(form, text, [text], LLAMA_NAMES if form is LLAMA else ())
