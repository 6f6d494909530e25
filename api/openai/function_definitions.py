"""The functions that a client offers, as tools for a model: checked, and no more of them than it could read."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from api.openai.openai_errors import ParameterError
from rag.types.tools import ToolDefinition

MAX_FUNCTIONS = 64
_MAX_CHARACTERS = 32_000
"""Of all definitions together, as JSON: more than most windows hold."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NO_ARGUMENTS: Mapping[str, Any] = {"type": "object", "properties": {}}


@dataclass(frozen=True, slots=True)
class Functions:
    """Functions that the model may call; it must call one if that is `required`, and several if `parallel`."""

    definitions: tuple[ToolDefinition, ...] = ()
    required: bool = False
    parallel: bool = True


def functions_of(tools: Sequence[Mapping[str, Any]], choice: Any = None, *, parallel: bool = True) -> Functions:
    """Return the functions among `tools` that a request's `tool_choice` leaves to the model.

    Both shapes are read: a chat completion's, with the function in an object of its own, and a response's, without.
    Other tools are passed over.

    Raises:
        ParameterError: a definition cannot be used, there are too many, or the choice is of a function there is not.
    """
    offered = [tool for tool in tools if tool.get("type") == "function"]
    if len(offered) > MAX_FUNCTIONS:
        raise ParameterError("tools", f"There are {len(offered)} functions, and the limit is {MAX_FUNCTIONS}.")
    definitions = [_definition(tool, f"tools.{number}") for number, tool in enumerate(offered)]
    names = [each.name for each in definitions]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError("tools", f"There are several functions '{name}'. Give each a name of its own.")
    size = len(json.dumps([astuple(each) for each in definitions]))
    if size > _MAX_CHARACTERS:
        raise ParameterError(
            "tools",
            f"The definitions of the functions have {size} characters, and the limit is {_MAX_CHARACTERS}. Offer "
            "fewer, or describe them more briefly.",
        )
    chosen, required = _chosen(choice, names)
    return Functions(tuple(each for each in definitions if each.name in chosen), required, parallel)


def _definition(tool: Mapping[str, Any], place: str) -> ToolDefinition:
    function = tool.get("function", tool)
    if not isinstance(function, Mapping):
        raise ParameterError(place, f"'{place}.function' must be an object with the function's name.")
    name, description = function.get("name"), function.get("description")
    parameters = function.get("parameters")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ParameterError(place, f"'{place}' has no name of 1 to 64 letters, digits, '_' and '-'.")
    if description is not None and not isinstance(description, str):
        raise ParameterError(place, f"The description of the function '{name}' must be a text.")
    if parameters is not None and not isinstance(parameters, Mapping):
        raise ParameterError(place, f"The parameters of the function '{name}' must be a JSON schema, an object.")
    schema = {**_NO_ARGUMENTS, **(parameters or {})}
    if schema["type"] != "object" or not isinstance(schema["properties"], Mapping):
        raise ParameterError(
            place, f"The parameters of the function '{name}' must be a schema of type 'object' with 'properties'."
        )
    return ToolDefinition(name, description or "", schema)


def _chosen(choice: Any, names: Sequence[str]) -> tuple[Sequence[str], bool]:
    """Return the names of the functions that may be called, and whether one must be."""
    if choice is None or choice == "auto":
        return names, False
    if choice == "none":
        return (), False
    if choice == "required":
        if not names:
            raise ParameterError("tool_choice", "'tool_choice' requires a call, but 'tools' has no function.")
        return names, True
    kind = choice.get("type") if isinstance(choice, Mapping) else None
    if kind == "function":
        return _named([choice], names), True
    if kind == "allowed_tools":
        allowed = choice.get("allowed_tools", choice)
        tools = allowed.get("tools") if isinstance(allowed, Mapping) else None
        functions = [tool for tool in tools or () if isinstance(tool, Mapping) and tool.get("type") == "function"]
        return _named(functions, names), bool(functions) and allowed.get("mode") == "required"
    if kind is not None:  # another tool's
        return names, False
    raise ParameterError("tool_choice", "'tool_choice' must be 'auto', 'none', 'required', or name a function.")


def _named(choices: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Sequence[str]:
    chosen = []
    for choice in choices:
        function = choice.get("function", choice)
        name = function.get("name") if isinstance(function, Mapping) else None
        if name not in names:
            raise ParameterError("tool_choice", f"'tool_choice' names '{str(name)[:64]}', which 'tools' does not have.")
        chosen.append(str(name))
    return chosen
