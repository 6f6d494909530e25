"""Messages with calls of tools, and definitions of tools, as chat templates and servers take them (pure)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rag.interfaces import Message
from rag.types.tools import ToolCall, ToolDefinition


def has_calls(messages: Sequence[Message]) -> bool:
    """Return whether a conversation has calls of tools, or their results."""
    return any(message["role"] == "tool" or "tool_calls" in message for message in messages)


def as_functions(tools: Sequence[ToolDefinition]) -> list[dict[str, Any]]:
    """Return tools as chat templates, and OpenAI's interface, take them."""
    return [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.parameters)},
        }
        for tool in tools
    ]


def with_functions(messages: Sequence[Message]) -> list[Message]:
    """Return messages with their calls as chat templates take them: the arguments are an object, no text."""
    return [
        {**message, "tool_calls": [_as_function(call) for call in message["tool_calls"]]}
        if "tool_calls" in message
        else message
        for message in messages
    ]


def _as_function(call: ToolCall) -> dict[str, Any]:
    return {
        "type": "function",
        "id": call.id,
        "function": {"name": call.name, "arguments": dict(call.arguments)},
    }


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value of JSON with each text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(key): mapped(each, change) for key, each in value.items()}
    return [mapped(each, change) for each in value] if isinstance(value, list | tuple) else value
