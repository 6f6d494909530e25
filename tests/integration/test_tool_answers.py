"""The real default model with tools: it calls them in its own way, and what it writes for that is never shown."""

import pytest

from rag.answering.system_prompts import SYSTEM_PROMPT
from rag.answering.toolbox import DEFINITIONS
from rag.generation.generator import LocalGenerator
from rag.interfaces import Message, ToolCallDelta
from rag.models.kernels.checkpoint import best_format
from rag.models.resolve import resolve_model
from rag.types.decoding import Decoding, Grounding
from tests.support.paths import MODELS

pytestmark = [pytest.mark.model, pytest.mark.large_model]

SOURCE = '<source id="1" from="club.md, p. 2">\nThe club was founded in 1911. See page 3 for its board.\n</source>\n\n'
QUESTIONS = ("Who is on the board of the club?", "When does the swimming pool close?")


@pytest.fixture(scope="module")
def generator() -> LocalGenerator:
    folder = resolve_model("default", "generator", MODELS, weights=best_format())
    return LocalGenerator(folder, context_tokens=2048)


@pytest.mark.slow
def test_calls_are_found_and_no_mark_of_them_is_text(generator: LocalGenerator) -> None:
    assert generator.can_call_tools
    called = []
    for question in QUESTIONS:
        messages: list[Message] = [
            {"role": "system", "content": SYSTEM_PROMPT},
            {"role": "user", "content": f"{SOURCE}Question: {question}"},
        ]
        deltas = list(
            generator.stream(
                messages, Decoding(max_new_tokens=80), grounding=Grounding((SOURCE, question)), tools=DEFINITIONS
            )
        )
        calls = [delta.call for delta in deltas if isinstance(delta, ToolCallDelta)]
        assert '"arguments"' not in "".join(delta.text for delta in deltas)
        assert (deltas[-1].stop_reason == "tool_calls") == bool(calls)
        called += calls
    assert called
    assert {call.name for call in called} <= {tool.name for tool in DEFINITIONS}
