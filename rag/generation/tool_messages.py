"""Messages as chat templates and servers take them: with calls and definitions of tools, or without a system prompt."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rag.interfaces import Message
from rag.types.tools import ToolCall, ToolDefinition


def folded(messages: Sequence[Message]) -> list[Message]:
    """Return messages without a system prompt: it stands before the first question, for models that know no other."""
    system = "\n\n".join(m["content"] for m in messages if m["role"] == "system" and m["content"])
    others = [message for message in messages if message["role"] != "system"]
    if not system:
        return others
    if not others:
        return [{"role": "user", "content": system}]
    return [others[0] | {"content": f"{system}\n\n{others[0]['content']}"}, *others[1:]]


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


def with_functions(
    messages: Sequence[Message], written: Callable[[dict[str, Any]], object] = lambda arguments: arguments
) -> list[Message]:
    """Return messages with their calls as chat templates take them; the arguments are an object unless `written`."""

    def as_function(call: ToolCall) -> dict[str, Any]:
        function = {"name": call.name, "arguments": written(dict(call.arguments))}
        return {"type": "function", "id": call.id, "function": function}

    return [
        {**message, "tool_calls": [as_function(call) for call in message["tool_calls"]]}
        if "tool_calls" in message
        else message
        for message in messages
    ]


def with_texts(message: Message, change: Callable[[str], str]) -> Message:
    """Return a message with its texts changed, those of its calls too."""
    changed = {**message, "content": change(message["content"])}
    if "tool_calls" in message:
        changed["tool_calls"] = tuple(
            replace(call, arguments=_mapped(call.arguments, change)) for call in message["tool_calls"]
        )
    return changed


def tools_with_texts(tools: Sequence[ToolDefinition], change: Callable[[str], str]) -> list[ToolDefinition]:
    """Return definitions of tools with their texts changed: others than us may have written them."""
    return [
        replace(tool, description=change(tool.description), parameters=_mapped(tool.parameters, change))
        for tool in tools
    ]


def broken_up(match: re.Match[str]) -> str:
    """Return a control token with a space in it: it can be read, and is none."""
    return f"{match[0][0]} {match[0][1:]}"


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value of JSON with each text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(key): _mapped(each, change) for key, each in value.items()}
    return [_mapped(each, change) for each in value] if isinstance(value, list | tuple) else value
