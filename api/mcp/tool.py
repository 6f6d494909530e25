"""A tool: arguments and result as models, from which its schemas are made, and the function that runs it."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mcp_types import CallToolResult, TextContent, ToolAnnotations
from mcp_types import Tool as ToolDefinition
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from api.backend import Backend
from api.caller import Caller, caller_of
from rag.errors import QuestionError
from rag.interfaces import Library

Report = Callable[[str], Awaitable[None]]
"""Tells the client what is being done. Only a client that has asked for progress hears of it."""

Use = Literal["search", "answers"]
"""A use of models: the search needs fewer than an answer."""

WaitForModels = Callable[[Use, Report], Awaitable[None]]
"""Returns when the models for a use are loaded; raises why they are not."""


class Arguments(BaseModel):
    """Arguments of a tool. One that it does not have is a mistake that the client should hear of."""

    model_config = ConfigDict(extra="forbid")


class Result(BaseModel):
    """A result of a tool."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of a tool. `request` has the caller, and the host on which pages have their addresses."""

    backend: Backend
    request: Request
    models: WaitForModels
    report: Report

    @property
    def caller(self) -> Caller:
        """Who calls."""
        return caller_of(self.request)

    @property
    def library(self) -> Library:
        """The library."""
        return self.backend.services.library


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool. `run` gets a call with its checked arguments; if it is no coroutine, it is run in a thread.

    One that `writes` is for callers who may.
    """

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    result: type[Result]
    run: Callable[[Call, Any], Awaitable[Result]] | Callable[[Call, Any], Result]
    writes: bool = False
    destroys: bool = False
    leaves_machine: bool = False

    def definition(self) -> ToolDefinition:
        """Return what clients are told of it."""
        return ToolDefinition(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=self.arguments.model_json_schema(),
            output_schema=self.result.model_json_schema(),
            annotations=ToolAnnotations(
                read_only_hint=not self.writes,
                destructive_hint=self.destroys if self.writes else None,
                open_world_hint=self.leaves_machine,
            ),
        )

    def checked(self, given: Mapping[str, Any]) -> Arguments:
        """Return the arguments that were given.

        Raises:
            QuestionError: they are not what the tool takes.
        """
        try:
            return self.arguments.model_validate(given)
        except ValidationError as error:
            raise QuestionError(self._first_fault(error)) from error

    def _first_fault(self, error: ValidationError) -> str:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        name = ".".join(str(part) for part in fault["loc"]) or "arguments"
        if fault["type"] == "missing":
            return f"The tool {self.name} needs the argument '{name}'."
        if fault["type"] == "extra_forbidden":
            known = ", ".join(self.arguments.model_fields) or "none"
            return f"The tool {self.name} has no argument '{name[:100]}'. Its arguments: {known}."
        message = fault["msg"].removeprefix("Value error, ")
        return f"The argument '{name[:100]}' of {self.name} cannot be used: {message[:1].lower()}{message[1:200]}."


def given_result(result: Result) -> CallToolResult:
    """Return a result as clients get it: as values, and as the same in one text for those that read only text."""
    values = result.model_dump(mode="json")
    return CallToolResult(
        content=[TextContent(type="text", text=json.dumps(values, ensure_ascii=False))], structured_content=values
    )


def given_error(sentence: str) -> CallToolResult:
    """Return a mistake as clients get it: the model that called the tool reads it, and can call it better."""
    return CallToolResult(content=[TextContent(type="text", text=sentence)], is_error=True)
