"""Tools that a model may call, and its calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ToolDefinition:
    """A tool as a model is told of it; `parameters` is the JSON schema of its arguments, an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's call of a tool. Its arguments are read, but not checked against the tool's schema.

    The `id` has nine letters and digits, as one chat template demands, and is unique in its conversation.
    """

    id: str
    name: str
    arguments: Mapping[str, Any]
