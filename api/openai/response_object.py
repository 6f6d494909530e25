"""A response of OpenAI's, made of the pieces of an answer."""

import time
from typing import Any
from uuid import uuid4

from api.openai.annotations import response_annotation
from api.openai.answer_pieces import Annotated, Called, Finished, Piece, Pieces, Searched, Written
from api.openai.file_ids import file_id

_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


class ResponseObject:
    """A response that grows. `asked` are the parameters of its request.

    If it `searches` files, that is its first output, `with_results` together with what was found.
    """

    def __init__(self, asked: dict[str, Any], *, searches: bool, with_results: bool) -> None:
        self.message_id = f"msg_{uuid4().hex}"
        self.text = ""
        self.annotations: list[dict[str, Any]] = []
        self.search_call = _search_call() if searches else None
        self.calls: list[dict[str, Any]] = []
        self._with_results = with_results
        self._finished: Finished | None = None
        self._asked = asked
        self._id = f"resp_{uuid4().hex}"
        self._created_at = int(time.time())

    async def whole(self, pieces: Pieces) -> dict[str, Any]:
        """Return the finished response."""
        async for piece in pieces:
            self.add(piece)
        return self.json()

    def add(self, piece: Piece) -> list[dict[str, Any]]:
        """Add a piece, and return the annotations that came with it."""
        match piece:
            case Written():
                self.text += piece.text
            case Annotated():
                added = [response_annotation(each) for each in piece.annotations]
                self.annotations += added
                return added
            case Called():
                self.calls.append(_function_call(piece))
            case Searched() if self.search_call:
                results = _results(piece) if self._with_results else None
                self.search_call.update(queries=[piece.query], results=results)
            case Finished():
                self._finished = piece
        return []

    @property
    def status(self) -> str:
        """How far it is."""
        if self._finished is None:
            return "in_progress"
        return "incomplete" if self._finished.ending in _INCOMPLETE else "completed"

    def part(self) -> dict[str, Any]:
        """Return the text with its annotations."""
        return {"type": "output_text", "text": self.text, "annotations": [*self.annotations], "logprobs": []}

    def message(self) -> dict[str, Any]:
        """Return the message that has the text, once that has begun."""
        content = [self.part()] if self.text else []
        return {
            "id": self.message_id,
            "type": "message",
            "role": "assistant",
            "status": self.status,
            "content": content,
        }

    def json(self) -> dict[str, Any]:
        """Return the response as far as it is."""
        asked, finished = self._asked, self._finished
        reason = _INCOMPLETE.get(finished.ending) if finished else None
        output = [{**self.search_call, "status": "completed"}] if self.search_call else []
        # A text may stand before calls, and an answer without any is a message even if it is empty.
        output += [self.message()] if self.text or not self.calls else []
        return {
            "id": self._id,
            "object": "response",
            "created_at": self._created_at,
            "status": self.status,
            "background": False,
            "error": None,
            "incomplete_details": {"reason": reason} if reason else None,
            "instructions": asked["instructions"],
            "max_output_tokens": asked["max_output_tokens"],
            "metadata": asked["metadata"],
            "model": asked["model"],
            "output": [*output, *self.calls] if finished else [],
            "parallel_tool_calls": asked["parallel_tool_calls"],
            "previous_response_id": None,
            "temperature": asked["temperature"],
            "text": {"format": {"type": "text"}},
            "tool_choice": asked["tool_choice"] or "auto",
            "tools": [_tool(tool) for tool in asked["tools"] if tool.get("type") in ("file_search", "function")],
            "top_p": asked["top_p"],
            "truncation": "auto",
            "usage": _usage(finished) if finished else None,
            **(finished.citewell() if finished else {}),
        }


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    """Return a tool as it was given, with what clients expect of a function."""
    return {"parameters": None, "strict": None, **tool} if tool["type"] == "function" else tool


def _function_call(called: Called) -> dict[str, Any]:
    return {
        "id": f"fc_{uuid4().hex}",
        "type": "function_call",
        "status": "completed",
        "call_id": called.id,
        "name": called.name,
        "arguments": called.arguments,
    }


def _search_call() -> dict[str, Any]:
    return {
        "id": f"fs_{uuid4().hex}",
        "type": "file_search_call",
        "status": "in_progress",
        "queries": [],
        "results": None,
    }


def _results(searched: Searched) -> list[dict[str, Any]]:
    return [
        {
            "file_id": file_id(passage.chunk.document_id),
            "filename": passage.chunk.document,
            "score": round(passage.score, 4),
            "text": passage.chunk.text,
            "attributes": {},
        }
        for passage in searched.passages
    ]


def _usage(finished: Finished) -> dict[str, Any]:
    return {
        "input_tokens": finished.prompt_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": finished.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": finished.prompt_tokens + finished.output_tokens,
    }
