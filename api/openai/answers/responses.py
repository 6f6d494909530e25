"""Responses: `/v1/responses`, whole or as events. Nothing is kept: a client sends the whole conversation each time."""

from typing import Literal

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.callers.caller import caller_of
from api.limits.bodies import json_object
from api.openai.answers.asked_messages import Message, Part
from api.openai.answers.decoding_parameters import DecodingFields
from api.openai.answers.responder import Ask, Responder
from api.openai.answers.response_events import ResponseEvents
from api.openai.answers.response_object import FileSearch, ResponseObject
from api.openai.files.stores import Stores
from api.openai.openai_errors import ParameterError
from api.openai.request_fields import Fields, parsed

_RESULTS = "file_search_call.results"
_KEPT = ("previous_response_id", "conversation")


class InputItem(Fields):
    """An item of the input: a message, or what is passed over, such as a call of a tool."""

    type: str = "message"
    role: Literal["system", "developer", "user", "assistant"] | None = None
    content: str | list[Part] | None = None


class Tool(Fields):
    """A tool. Of all there are, only the search of files is used."""

    type: str
    vector_store_ids: list[str] = Field(default=[])


class ResponseFields(DecodingFields):
    """Parameters of a response."""

    input: str | list[InputItem]
    instructions: str | None = None
    tools: list[Tool] = Field(default=[])
    include: list[str] = Field(default=[])
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
        search = None if documents is None else FileSearch(with_results=_RESULTS in fields.include)
        made = ResponseObject(fields.model_dump(), search)
        return await self._responder.respond(request, ask, stream=ResponseEvents(made).stream, whole=made.whole)

    async def find(self, request: Request) -> Response:
        """Say that no response is kept."""
        id_ = request.path_params["id"]
        raise ParameterError("response_id", f"There is no response '{id_[:100]}': none is kept here.", status=404)

    def _documents(self, request: Request, fields: ResponseFields) -> frozenset[int] | None:
        """Return the documents of the vector stores that are to be searched; None for all there are."""
        ids = [id_ for tool in fields.tools if tool.type == "file_search" for id_ in tool.vector_store_ids]
        if not ids:
            return None
        stores = [self._stores.find(caller_of(request), id_) for id_ in ids]
        return frozenset(document.id for store in stores for document in store.documents)


def _messages(given: str | list[InputItem]) -> list[Message]:
    if isinstance(given, str):
        return [Message(role="user", content=given)]
    return [Message(role=item.role, content=item.content) for item in given if item.type == "message" and item.role]
