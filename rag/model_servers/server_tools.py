"""Tools for a model on a server: conversations with calls as the protocol has them, and what they may take."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rag.generation.tool_messages import as_functions, has_calls, with_functions
from rag.interfaces import Message, TextDelta, ToolCallDelta
from rag.model_servers.server_tokens import most_tokens
from rag.types.tools import ToolDefinition

_CALL_TOKENS = 32
"""Most that a chat template puts around a call or the introduction of tools, beside their JSON."""


def with_wire_calls(messages: Sequence[Message]) -> list[Message]:
    """Return messages with their calls as the protocol has them: arguments are JSON in a text."""
    return with_functions(messages, _json)


def as_plain_text(messages: Sequence[Message]) -> list[Message]:
    """Return messages without calls for a server that knows none: these, and their results, are text."""
    return [_plain(message) for message in messages] if has_calls(messages) else list(messages)


def tool_tokens(tools: Sequence[ToolDefinition]) -> int:
    """Return more tokens than any template needs to tell a model of these tools."""
    return most_tokens(_json(as_functions(tools))) + _CALL_TOKENS * (1 + len(tools)) if tools else 0


def renumbered(deltas: Iterable[TextDelta], first: int) -> Iterator[TextDelta]:
    """Yield deltas whose calls have the ids that templates accept, numbered from `first`: servers have their own."""
    for delta in deltas:
        if isinstance(delta, ToolCallDelta):
            delta, first = replace(delta, call=replace(delta.call, id=f"call{first:05d}")), first + 1
        yield delta


def _plain(message: Message) -> Message:
    if message["role"] == "tool":
        return {"role": "user", "content": f"Result of {message['name']}: {message['content']}"}
    calls = [_json({"name": call.name, "arguments": dict(call.arguments)}) for call in message.get("tool_calls", ())]
    return {"role": message["role"], "content": "\n".join(filter(None, [message["content"], *calls]))}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
