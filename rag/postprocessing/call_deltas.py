"""Calls of tools as deltas: out of a model's text, or put together from the fragments of a server."""

import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from rag.interfaces import ReadDelta, TextDelta, ThoughtDelta, ToolCallDelta, closed_after
from rag.postprocessing.call_json import parsed_arguments
from rag.postprocessing.call_stream import ToolCallStream
from rag.types.tools import ToolCall


def split_calls(deltas: Iterator[TextDelta], calls: ToolCallStream) -> Generator[TextDelta]:
    """Yield the deltas with calls apart from the text; an answer that ends after some has the reason "tool_calls"."""
    called = False
    with closed_after(deltas):
        for delta in deltas:
            if isinstance(delta, ThoughtDelta | ToolCallDelta | ReadDelta):
                called = called or isinstance(delta, ToolCallDelta)
                yield delta
                continue
            pieces = calls.push(delta.text) + (calls.finish() if delta.stop_reason else [])
            called = called or not all(isinstance(piece, str) for piece in pieces)
            yield from (delta_of(piece, delta.tokens) for piece in pieces)
            if delta.stop_reason or delta.certainty:
                reason = "tool_calls" if called and delta.stop_reason in ("end", "stop") else delta.stop_reason
                yield replace(delta, text="", stop_reason=reason)


def delta_of(piece: str | ToolCall, tokens: int) -> TextDelta:
    """Return a piece of text, or a call, as a delta."""
    return TextDelta(piece, tokens) if isinstance(piece, str) else ToolCallDelta("", tokens, call=piece)


class NativeCalls:
    """Put together the calls that a server streams in fragments, in the manner of OpenAI's chat completions.

    A fragment has an `index`, in the first one of a call its `id` and name, and a piece of its arguments in JSON. Some
    servers give every call the same index; another id then begins another call.
    """

    def __init__(self) -> None:
        self._calls: list[dict[str, str]] = []
        self._open: dict[str, dict[str, str]] = {}

    def push(self, fragments: Iterable[Mapping[str, Any]]) -> None:
        """Take in the `tool_calls` of a delta."""
        for fragment in fragments:
            index, id_ = str(fragment.get("index") or 0), str(fragment.get("id") or "")
            function = fragment.get("function")
            function = function if isinstance(function, dict) else {}
            call = self._open.get(index)
            if call is None or (id_ and call["id"] and id_ != call["id"]):
                call = self._open[index] = {"id": "", "name": "", "arguments": ""}
                self._calls.append(call)
            call["id"] = call["id"] or id_
            call["name"] += str(function.get("name") or "")
            given = function.get("arguments") or ""
            call["arguments"] += given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)

    def finish(self) -> list[str | ToolCall]:
        """Return the calls; one whose arguments are no JSON object is text."""
        calls, self._calls, self._open = self._calls, [], {}
        return [_native(call, number) for number, call in enumerate(calls, start=1)]


def _native(call: Mapping[str, str], number: int) -> str | ToolCall:
    arguments = parsed_arguments(call["arguments"])
    if arguments is None or not call["name"]:
        return json.dumps({"name": call["name"], "arguments": call["arguments"]}, ensure_ascii=False)
    return ToolCall(call["id"] or f"call{number:05d}", call["name"], arguments)
