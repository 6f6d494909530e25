"""A response as a stream of events, numbered from 0."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from api.answer_stream import json_frame
from api.openai.answer_pieces import Annotated, Called, Finished, Piece, Pieces, Searched, Written
from api.openai.openai_errors import error_json
from api.openai.response_object import ResponseObject
from api.problems import problem_of

_SEARCH = "response.file_search_call"


class ResponseEvents:
    """The events of one response."""

    def __init__(self, response: ResponseObject) -> None:
        self._response = response
        self._number = 0
        self._is_written = False
        self._place = {
            "item_id": response.message_id,
            "output_index": 1 if response.search_call else 0,
            "content_index": 0,
        }

    async def stream(self, pieces: Pieces) -> AsyncIterator[str]:
        """Yield the events as server-sent ones; an error becomes the last of them."""
        try:
            for begun in self._begin():
                yield begun
            async for piece in pieces:
                for each in self._events_of(piece, self._response.add(piece)):
                    yield each
        except Exception as error:  # noqa: BLE001  the status has been sent: the stream says what went wrong
            told = error_json(problem_of(error))
            yield self._event("error", **{name: told["error"][name] for name in ("code", "message", "param")}, **told)

    def _events_of(self, piece: Piece, annotations: list[dict[str, Any]]) -> Iterator[str]:
        match piece:
            case Searched():
                yield from self._search_done()
            case Written():
                yield from self._written(piece.text)
            case Annotated():
                yield from self._annotated(annotations)
            case Called():
                yield from self._called()
            case Finished():
                yield from self._end()

    def _begin(self) -> Iterator[str]:
        response = self._response
        yield self._event("response.created", response=response.json())
        yield self._event("response.in_progress", response=response.json())
        if call := response.search_call:
            yield self._event("response.output_item.added", output_index=0, item={**call})
            for step in ("in_progress", "searching"):
                yield self._event(f"{_SEARCH}.{step}", output_index=0, item_id=call["id"])

    def _search_done(self) -> Iterator[str]:
        """Yield the end of the search of files, once."""
        call = self._response.search_call
        if call and call["status"] != "completed":
            call["status"] = "completed"
            yield self._event(f"{_SEARCH}.completed", output_index=0, item_id=call["id"])
            yield self._event("response.output_item.done", output_index=0, item={**call})

    def _written(self, text: str) -> Iterator[str]:
        yield from self._message_begun()
        yield self._event("response.output_text.delta", **self._place, delta=text, logprobs=[])

    def _message_begun(self) -> Iterator[str]:
        """Yield the beginning of the message, once."""
        if self._is_written:
            return
        self._is_written = True
        yield from self._search_done()
        item = {**self._response.message(), "content": []}
        yield self._event("response.output_item.added", output_index=self._place["output_index"], item=item)
        part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        yield self._event("response.content_part.added", **self._place, part=part)

    def _annotated(self, added: list[dict[str, Any]]) -> Iterator[str]:
        first = len(self._response.annotations) - len(added)
        for index, annotation in enumerate(added, start=first):
            yield self._event(
                "response.output_text.annotation.added", **self._place, annotation_index=index, annotation=annotation
            )

    def _called(self) -> Iterator[str]:
        """Yield the last call of a function, whose arguments come whole."""
        yield from self._search_done()
        call = self._response.calls[-1]
        before = bool(self._response.search_call) + self._is_written + len(self._response.calls) - 1
        place: dict[str, Any] = {"item_id": call["id"], "output_index": before}
        begun = {**call, "arguments": "", "status": "in_progress"}
        yield self._event("response.output_item.added", output_index=place["output_index"], item=begun)
        arguments = call["arguments"]
        yield self._event("response.function_call_arguments.delta", **place, delta=arguments)
        yield self._event("response.function_call_arguments.done", **place, name=call["name"], arguments=arguments)
        yield self._event("response.output_item.done", output_index=place["output_index"], item=call)

    def _end(self) -> Iterator[str]:
        response = self._response
        if self._is_written or not response.calls:
            yield from self._message_ended()
        yield self._event(f"response.{response.status}", response=response.json())

    def _message_ended(self) -> Iterator[str]:
        response = self._response
        yield from self._message_begun()
        yield self._event("response.output_text.done", **self._place, text=response.text, logprobs=[])
        yield self._event("response.content_part.done", **self._place, part=response.part())
        index = self._place["output_index"]
        yield self._event("response.output_item.done", output_index=index, item=response.message())

    def _event(self, kind: str, **values: Any) -> str:
        numbered = json_frame({"type": kind, "sequence_number": self._number, **values}, kind)
        self._number += 1
        return numbered
