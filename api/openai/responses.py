"""Responses: `/v1/responses`, whole or as events. Nothing is kept: a client sends the whole conversation each time."""

from typing import Annotated, Literal

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.bodies import json_object
from api.caller import caller_of
from api.openai.asked_messages import MAX_MESSAGES, CalledFunction, Message, MessageCall, Part
from api.openai.decoding_parameters import DecodingFields
from api.openai.openai_errors import ParameterError
from api.openai.request_fields import Fields, parsed
from api.openai.responder import Ask, Responder
from api.openai.response_events import ResponseEvents
from api.openai.response_object import ResponseObject
from api.openai.stores import Stores
from rag.types.fail_fast import FailFastList

_RESULTS = "file_search_call.results"
_MAX_STORES = 100
_KEPT = ("previous_response_id", "conversation")


class InputItem(Fields):
    """An item of the input: a message, a call of a function, its result, or what is passed over."""

    type: str = "message"
    role: Literal["system", "developer", "user", "assistant"] | None = None
    content: str | FailFastList[Part] | None = None
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    output: str | FailFastList[Part] | None = None


class FileSearchTool(Fields):
    """The search of files."""

    vector_store_ids: FailFastList[str] = Field(default=[])


class ResponseFields(DecodingFields):
    """Parameters of a response."""

    input: str | Annotated[FailFastList[InputItem], Field(max_length=MAX_MESSAGES)]
    instructions: str | None = None
    include: FailFastList[str] = Field(default=[])
    metadata: dict[str, str] = Field(default={})


class Responses:
    """The addresses of responses."""

    def __init__(self, stores: Stores, responder: Responder) -> None:
        self._stores = stores
        self._responder = responder

    async def create(self, request: Request) -> Response:
        """Answer the last message of the user."""
        values = await json_object(request)
        for name in _KEPT:
            if values.get(name):
                raise ParameterError(
                    name, f"'{name}' cannot be used: no response is kept here. Send the earlier messages as 'input'."
                )
        fields = parsed(ResponseFields, values)
        documents = await run_in_threadpool(self._documents, request, fields)
        ask = Ask(
            messages=list(_messages(fields.input)),
            fields=fields,
            instructions=fields.instructions or "",
            documents=documents,
            param="input",
        )
        shows_results = _RESULTS in fields.include
        made = ResponseObject(fields.model_dump(), searches=documents is not None, with_results=shows_results)
        return await self._responder.respond(request, ask, stream=ResponseEvents(made).stream, whole=made.whole)

    async def find(self, request: Request) -> Response:
        """Say that no response is kept."""
        id_ = request.path_params["id"]
        raise ParameterError("response_id", f"There is no response '{id_[:100]}': none is kept here.", status=404)

    def _documents(self, request: Request, fields: ResponseFields) -> frozenset[int] | None:
        """Return the documents of the vector stores that are to be searched; None for all there are."""
        searches = [parsed(FileSearchTool, tool) for tool in fields.tools if tool.get("type") == "file_search"]
        ids = dict.fromkeys(id_ for search in searches for id_ in search.vector_store_ids)
        if not ids:
            return None
        if len(ids) > _MAX_STORES:
            raise ParameterError("tools", f"At most {_MAX_STORES} vector stores are searched at once. Name fewer.")
        stores = [self._stores.find(caller_of(request), id_) for id_ in ids]
        return frozenset(document.id for store in stores for document in store.documents)


def _messages(given: str | list[InputItem]) -> list[Message]:
    if isinstance(given, str):
        return [Message(role="user", content=given)]
    return [message for item in given if (message := _message(item))]


def _message(item: InputItem) -> Message | None:
    """Return an item as a message; None if it is of another kind."""
    if item.type == "function_call":
        function = CalledFunction(name=item.name, arguments=item.arguments)
        return Message(role="assistant", tool_calls=[MessageCall(id=item.call_id, function=function)])
    if item.type == "function_call_output":
        return Message(role="tool", tool_call_id=item.call_id, content=item.output)
    return Message(role=item.role, content=item.content) if item.type == "message" and item.role else None
