"""The scanner: pieces that depend on the text alone, text never held back without need, and code that is no call."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.postprocessing.call_formats import FORMATS, HERMES, LLAMA, MISTRAL, CallFormat
from rag.postprocessing.call_json import MAX_CALL, read_json
from rag.postprocessing.call_stream import ToolCallStream
from rag.types import ToolCall
from tests.support.tools.call_pieces import check_splits, pieces

CALL = '<tool_call>{"name": "say", "arguments": {}}</tool_call>'
FRAGMENTS = st.sampled_from(
    [mark for form in FORMATS for mark in form.marks]
    + ['{"name": "say", "arguments": {"a": "}"}}', '{"name": "say", "parameters": {}}', "say", "{}", '{"', "[{", "}]"]
    + ["{", "}", "[", "]", '"', "\\", ";", " ", "\n", "`", "```", "~~~\n", "<", ">", "<tool", "a", "é", "🌲", ":"]
)
TEXTS = st.lists(FRAGMENTS, max_size=14).map("".join)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
ARGUMENTS = st.dictionaries(st.text(max_size=6), VALUES, max_size=3)


def written(form: CallFormat, name: str, arguments: dict[str, Any], *, ascii_only: bool) -> str:
    given_ = json.dumps(arguments, ensure_ascii=ascii_only)
    if form is HERMES:
        return f'<tool_call>\n{{"name": "{name}", "arguments": {given_}}}\n</tool_call>'
    if form is MISTRAL:
        return f"[TOOL_CALLS]{name}[ARGS]{given_}"
    return f"<function={name}>{given_}</function>"


@given(st.sampled_from(FORMATS), TEXTS, st.data())
def test_pieces_do_not_depend_on_how_a_text_is_cut(form: CallFormat, text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    parts = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole = pieces(form, [text], ("say",))
    assert pieces(form, parts, ("say",)) == whole
    assert pieces(form, text, ("say",)) == whole


@given(st.sampled_from(FORMATS), TEXTS)
def test_a_text_without_a_call_comes_out_as_it_went_in(form: CallFormat, text: str) -> None:
    found = pieces(form, text, ("say",))
    if all(isinstance(piece, str) for piece in found):
        assert "".join(map(str, found)) == text


@given(st.sampled_from(FORMATS), st.lists(ARGUMENTS, min_size=1, max_size=3), st.booleans(), st.data())
def test_any_arguments_are_read_back(
    form: CallFormat, given_arguments: list[dict[str, Any]], ascii_only: bool, data: st.DataObject
) -> None:
    text = "Well. " + " then ".join(written(form, "say", each, ascii_only=ascii_only) for each in given_arguments)
    at = data.draw(st.integers(0, len(text)))
    found = pieces(form, [text[:at], text[at:]])
    assert [piece for piece in found if not isinstance(piece, str)] == [("say", each) for each in given_arguments]
    assert found[0] == "Well. "
    assert all(piece == " then " for piece in found[2::2])


CODE = (
    f"Write it so:\n```xml\n{CALL}\n```\nThat is all.",
    f"  ~~~~ text\n~~~\n{CALL}\n~~~~",
    f"Write `{CALL}` in one line.",
)


@pytest.mark.parametrize("text", CODE)
def test_marks_in_code_are_text(text: str) -> None:
    check_splits(HERMES, text, [text])


def test_a_call_after_code_is_a_call() -> None:
    for before in ("```py\nx = 1\n```\n", "Use `x`. ", "~~~\n```\n~~~\n"):
        check_splits(HERMES, before + CALL, [before, ("say", {})])


def test_only_what_may_be_a_call_is_held_back() -> None:
    stream = ToolCallStream(HERMES, ())
    assert stream.push("a < b, <tool") == ["a < b, "]
    assert stream.push("box> and <tool_call>{") == ["<toolbox> and "]
    assert stream.push('"name": "say", "arguments": {}}</tool_call') == []
    assert stream.push("> and") == [ToolCall("call00001", "say", {}), " and"]
    assert stream.push(CALL) == [ToolCall("call00002", "say", {})]
    assert ToolCallStream(HERMES, (), first=7).push(CALL) == [ToolCall("call00007", "say", {})]


@pytest.mark.parametrize(
    ("form", "opening"), [(HERMES, '<tool_call>{"'), (MISTRAL, '[TOOL_CALLS]a{"'), (LLAMA, '{"name": "')]
)
def test_a_call_that_does_not_end_becomes_text(form: CallFormat, opening: str) -> None:
    text = opening + "a" * MAX_CALL
    stream = ToolCallStream(form, ("a",))
    shown = "".join(map(str, stream.push(text[:-5]) + stream.push(text[-5:])))
    assert shown == text


@pytest.mark.parametrize("text", ['{"a":' * 100_000 + "1" + "}" * 100_000, '{"a": ' + "1" * 5000 + "}"])
def test_what_the_parser_cannot_read_is_no_json(text: str) -> None:
    assert read_json(text, 0, ended=True) is None
