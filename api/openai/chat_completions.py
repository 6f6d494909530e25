"""Chat completions: `/v1/chat/completions`, whole or as chunks."""

import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from api.answer_stream import json_frame
from api.bodies import json_object
from api.openai.annotations import chat_annotation
from api.openai.answer_pieces import Annotated, Called, Finished, Pieces, Thinking, Written
from api.openai.asked_messages import MAX_MESSAGES, Message
from api.openai.decoding_parameters import DecodingFields
from api.openai.openai_errors import error_json
from api.openai.request_fields import Fields, parsed
from api.openai.responder import Ask, Responder
from api.problems import problem_of
from rag.types.fail_fast import FailFastList

DONE = "data: [DONE]\n\n"


class StreamOptions(Fields):
    """Options of a stream."""

    include_usage: bool = False


class ChatFields(DecodingFields):
    """Parameters of a chat completion. `logprobs` are not to be had: they are null whether asked for or not."""

    messages: FailFastList[Message] = Field(min_length=1, max_length=MAX_MESSAGES)
    stream_options: StreamOptions = StreamOptions()


class ChatCompletions:
    """The address of chat completions."""

    def __init__(self, responder: Responder) -> None:
        self._responder = responder

    async def create(self, request: Request) -> Response:
        """Answer the last message of the user."""
        fields = parsed(ChatFields, await json_object(request))
        made = _Completion(fields)
        ask = Ask(messages=fields.messages, fields=fields)
        return await self._responder.respond(request, ask, stream=made.chunks, whole=made.whole)


class _Completion:
    """One completion, made of the pieces of an answer."""

    def __init__(self, fields: ChatFields) -> None:
        self._fields = fields
        self._head = {"id": f"chatcmpl-{uuid4().hex}", "created": int(time.time()), "model": fields.model}

    async def whole(self, pieces: Pieces) -> dict[str, Any]:
        """Return the completion."""
        text, thinking, annotations = "", "", []
        calls: list[dict[str, Any]] = []
        endings: list[Finished] = []
        async for piece in pieces:
            match piece:
                case Written():
                    text += piece.text
                case Thinking():
                    thinking += piece.text
                case Annotated():
                    annotations += [chat_annotation(each) for each in piece.annotations]
                case Called():
                    calls.append(_call(piece))
                case Finished():
                    endings.append(piece)
        (finished,) = endings
        content = text if text or not calls else None
        message = {"role": "assistant", "content": content, "refusal": None, "annotations": annotations}
        if calls:
            message["tool_calls"] = calls
        if thinking:
            message["reasoning_content"] = thinking
        choice = {"index": 0, "message": message, "finish_reason": finished.ending, "logprobs": None}
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [choice],
            "usage": _usage(finished),
            **finished.citewell(),
        }

    async def chunks(self, pieces: Pieces) -> AsyncIterator[str]:
        """Yield the completion as server-sent events; an error becomes the last of them."""
        annotated = called = 0
        try:
            yield self._chunk({"role": "assistant", "content": ""})
            async for piece in pieces:
                match piece:
                    case Written():
                        yield self._chunk({"content": piece.text})
                    case Thinking():
                        yield self._chunk({"reasoning_content": piece.text})
                    case Annotated():
                        # Clients that put deltas together tell the entries of a list apart by their index.
                        shown = [
                            {"index": index, **chat_annotation(each)}
                            for index, each in enumerate(piece.annotations, start=annotated)
                        ]
                        annotated += len(shown)
                        yield self._chunk({"annotations": shown})
                    case Called():
                        yield self._chunk({"tool_calls": [{"index": called, **_call(piece)}]})
                        called += 1
                    case Finished():
                        yield self._chunk({}, finish_reason=piece.ending, **piece.citewell())
                        if self._fields.stream_options.include_usage:
                            yield self._event(choices=[], usage=_usage(piece))
            yield DONE
        except Exception as error:  # noqa: BLE001  the status has been sent: the stream says what went wrong
            yield json_frame(error_json(problem_of(error)))

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None, **more: Any) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        return self._event(choices=[choice], **more)

    def _event(self, **values: Any) -> str:
        usage = {"usage": None} if self._fields.stream_options.include_usage else {}
        return json_frame({**self._head, "object": "chat.completion.chunk", **usage, **values})


def _call(called: Called) -> dict[str, Any]:
    function = {"name": called.name, "arguments": called.arguments}
    return {"id": called.id, "type": "function", "function": function}


def _usage(finished: Finished) -> dict[str, int]:
    return {
        "prompt_tokens": finished.prompt_tokens,
        "completion_tokens": finished.output_tokens,
        "total_tokens": finished.prompt_tokens + finished.output_tokens,
    }
