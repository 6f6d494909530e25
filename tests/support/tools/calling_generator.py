"""A generator that calls tools by a script."""

from collections.abc import Iterator, Sequence

from rag.interfaces import Message, TextDelta
from rag.postprocessing.call_deltas import split_calls
from rag.postprocessing.call_formats import HERMES
from rag.postprocessing.call_stream import ToolCallStream
from rag.runtime.progress import CancelEvent
from rag.types import Certainty
from rag.types.decoding import Decoding, Grounding
from rag.types.tools import ToolDefinition
from tests.support.fakes import ScriptedGenerator


def call(name: str, arguments: str) -> str:
    """Return a call as the generator writes it; the arguments are JSON."""
    return f'<tool_call>{{"name": "{name}", "arguments": {arguments}}}</tool_call>'


class CallingGenerator(ScriptedGenerator):
    """Write one text after the other, the last one again and again; with tools, calls in it are calls."""

    can_call_tools = True

    def __init__(self, *texts: str, context_tokens: int = 2000, certainty: Certainty | None = None) -> None:
        super().__init__(context_tokens=context_tokens, certainty=certainty)
        self.texts = list(texts)
        self.prompts: list[tuple[list[Message], bool]] = []
        """The messages of each prompt, and whether it had tools."""
        self.groundings: list[Grounding | None] = []

    def stream(
        self,
        messages: Sequence[Message],
        decoding: Decoding,
        cancelled: CancelEvent | None = None,
        grounding: Grounding | None = None,
        tools: Sequence[ToolDefinition] = (),
    ) -> Iterator[TextDelta]:
        self.prompts.append((list(messages), bool(tools)))
        self.groundings.append(grounding)
        self.script = self.texts.pop(0) if len(self.texts) > 1 else self.texts[0]
        deltas = super().stream(messages, decoding, cancelled, grounding, tools)
        if not tools:
            return deltas
        before = sum(len(message.get("tool_calls", ())) for message in messages)
        return split_calls(deltas, ToolCallStream(HERMES, {tool.name for tool in tools}, before + 1))
