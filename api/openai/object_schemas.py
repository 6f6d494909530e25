"""The objects that the face sends, as types: for its description, which is tested against what it sends."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from api.openai.answer_pieces import Ending
from rag.types import Support


class Sent(BaseModel):
    """An object with these fields and no others. Those with a default may be absent."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class ErrorDetails(Sent):
    """An error; `message` is a sentence for people."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorObject(Sent):
    """An error in OpenAI's shape."""

    error: ErrorDetails


class ModelObject(Sent):
    """A model."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelList(Sent):
    """All models."""

    object: Literal["list"]
    data: list[ModelObject]


class QuoteObject(Sent):
    """A quote: characters `[start, end)` of a page, and how well it supports its sentence."""

    number: int
    file_id: str
    page: int
    start: int
    end: int
    quote: str
    score: float
    support: Support


class UrlCitation(Sent):
    """The marker of a quote at characters `[start_index, end_index)` of the text, and the page that it leads to."""

    start_index: int
    end_index: int
    title: str
    url: str


class ChatAnnotation(Sent):
    """A quote in a chat completion."""

    type: Literal["url_citation"]
    url_citation: UrlCitation
    citewell: QuoteObject


class DeltaAnnotation(ChatAnnotation):
    """A quote in a stream, with its place in the list."""

    index: int


class PlacedQuote(QuoteObject, UrlCitation):
    """A quote and its marker."""


class ResponseAnnotation(Sent):
    """A quote in a response."""

    type: Literal["file_citation"]
    index: int
    file_id: str
    filename: str
    citewell: PlacedQuote


class AnswerFacts(Sent):
    """Facts about an answer from the documents; absent from one that was written without a search."""

    abstained: bool
    refusal: str
    confidence: float
    not_found: list[str]
    notes: list[str]
    query: str


class ChatToolCall(Sent):
    """A call of a client's function: arguments are JSON."""

    id: str
    type: Literal["function"]
    function: dict[Literal["name", "arguments"], str]


class DeltaToolCall(ChatToolCall):
    """A call in a stream, with its place in the list."""

    index: int


class ChatMessageObject(Sent):
    """The answer, or calls in its place."""

    role: Literal["assistant"]
    content: str | None
    tool_calls: list[ChatToolCall] = []
    refusal: None
    annotations: list[ChatAnnotation]
    reasoning_content: str = ""


class ChatChoice(Sent):
    """The one answer of a completion."""

    index: Literal[0]
    message: ChatMessageObject
    finish_reason: Ending
    logprobs: None


class ChatUsage(Sent):
    """Tokens read and written."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(Sent):
    """A chat completion."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[ChatChoice]
    usage: ChatUsage
    citewell: AnswerFacts | None = None


class ChatDelta(Sent):
    """A piece of an answer."""

    role: Literal["assistant"] = "assistant"
    content: str = ""
    reasoning_content: str = ""
    annotations: list[DeltaAnnotation] = []
    tool_calls: list[DeltaToolCall] = []


class ChunkChoice(Sent):
    """A piece of the one answer."""

    index: Literal[0]
    delta: ChatDelta
    finish_reason: Ending | None
    logprobs: None


class ChatChunk(Sent):
    """An event of a streamed completion; the last is `[DONE]`."""

    id: str
    object: Literal["chat.completion.chunk"]
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: ChatUsage | None = None
    citewell: AnswerFacts | None = None


class OutputText(Sent):
    """The text of a response."""

    type: Literal["output_text"]
    text: str
    annotations: list[ResponseAnnotation]
    logprobs: list[Any]


class ResponseMessage(Sent):
    """The answer of a response."""

    id: str
    type: Literal["message"]
    role: Literal["assistant"]
    status: Literal["completed", "incomplete"]
    content: list[OutputText]


class SearchResult(Sent):
    """A passage that was found."""

    file_id: str
    filename: str
    score: float
    text: str
    attributes: dict[str, str]


class FileSearchCall(Sent):
    """The search of a response."""

    id: str
    type: Literal["file_search_call"]
    status: Literal["completed"]
    queries: list[str]
    results: list[SearchResult] | None


class FunctionCall(Sent):
    """A call of a client's function in a response."""

    id: str
    type: Literal["function_call"]
    call_id: str
    name: str
    arguments: str
    status: Literal["completed"]


class InputDetails(Sent):
    """Tokens read that were kept from before; they are not counted."""

    cached_tokens: int
    cache_write_tokens: int


class OutputDetails(Sent):
    """Tokens of thinking; they are not counted."""

    reasoning_tokens: int


class ResponseUsage(Sent):
    """Tokens read and written."""

    input_tokens: int
    input_tokens_details: InputDetails
    output_tokens: int
    output_tokens_details: OutputDetails
    total_tokens: int


class ResponseReply(Sent):
    """A response."""

    id: str
    object: Literal["response"]
    created_at: int
    status: Literal["completed", "incomplete"]
    background: Literal[False]
    error: None
    incomplete_details: dict[str, str] | None
    instructions: str | None
    max_output_tokens: int | None
    metadata: dict[str, str]
    model: str
    output: list[FileSearchCall | ResponseMessage | FunctionCall]
    parallel_tool_calls: bool
    previous_response_id: None
    temperature: float | None
    text: dict[str, dict[str, str]]
    tool_choice: str | dict[str, Any]
    tools: list[dict[str, Any]]
    top_p: float | None
    truncation: Literal["auto"]
    usage: ResponseUsage
    citewell: AnswerFacts | None = None


class ResponseEvent(BaseModel):
    """An event of a streamed response, with what its type has beside these."""

    type: str
    sequence_number: int
