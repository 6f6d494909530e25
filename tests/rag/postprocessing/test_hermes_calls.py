"""The format of Hermes and Qwen, by examples of their documentation and of models that bend it."""

import pytest

from rag.postprocessing.call_formats import HERMES
from tests.support.tools.call_pieces import Piece, check_splits

WEATHER = ("get_current_temperature", {"location": "San Francisco, CA, USA"})
TOMORROW = ("get_temperature_date", {"location": "San Francisco, CA, USA", "date": "2024-10-01"})
EXAMPLES: dict[str, tuple[str, list[Piece]]] = {
    "Hermes 2 Pro: arguments before the name": (
        '<tool_call>\n{"arguments": {"symbol": "TSLA"}, "name": "get_stock_fundamentals"}\n</tool_call>',
        [("get_stock_fundamentals", {"symbol": "TSLA"})],
    ),
    "Qwen 2.5: two calls": (
        (
            '<tool_call>\n{"name": "get_current_temperature", "arguments": {"location": "San Francisco, CA, USA"}}\n'
            '</tool_call>\n<tool_call>\n{"name": "get_temperature_date", "arguments": {"location": "San Francisco, CA, '
            'USA", "date": "2024-10-01"}}\n</tool_call>'
        ),
        [WEATHER, "\n", TOMORROW],
    ),
    "text before and after": (
        'Let me look.\n<tool_call>{"name": "now", "arguments": {}}</tool_call> Done.',
        ["Let me look.\n", ("now", {}), " Done."],
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


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_call_is_found_however_it_arrives(name: str) -> None:
    check_splits(HERMES, *EXAMPLES[name])


BARE: dict[str, tuple[str, list[Piece]]] = {
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


@pytest.mark.parametrize("name", BARE)
def test_a_call_of_a_known_tool_may_lack_the_tags_before_any_text(name: str) -> None:
    check_splits(HERMES, *BARE[name], ("say",))


BROKEN = (
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


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_call_is_text_and_nothing_is_lost(text: str) -> None:
    check_splits(HERMES, text, [text])
