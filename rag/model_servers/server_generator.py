"""Generate with a model behind the OpenAI protocol.

    messages -> token count -> request -> events -> thinking and answer apart -> deltas

The server renders the chat template, computes and samples. What is measured here at the start, by one short request:
whether it takes the key and the model's name, which optional fields it takes, whether the model thinks, and how its
prompts are counted. Whether it takes tools is found out with the first answer that may call some. What only a model in
this process can do is left out: the answerability probe, and the mask for figures and names of no source.
"""

import logging
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from threading import Event

from rag.errors import CitewellError, QuestionError, ServerError
from rag.generation.context_window import choose_server_window, thinking_room
from rag.interfaces import Message, TextDelta
from rag.model_servers.cancellable_network import CancelledError
from rag.model_servers.chat_reader import ChatReader
from rag.model_servers.chat_request import Dialect, chat_body
from rag.model_servers.inert_messages import inert, inert_tools
from rag.model_servers.model_client import ModelClient
from rag.model_servers.prompt_counts import PromptCounts
from rag.model_servers.protocol_client import Json
from rag.model_servers.server_failures import RejectedRequestError, message_in
from rag.model_servers.server_limits import ask_limits
from rag.model_servers.server_tokens import prompt_counter
from rag.model_servers.server_tools import as_plain_text, renumbered, tool_tokens
from rag.postprocessing.call_deltas import split_calls
from rag.postprocessing.call_formats import HERMES
from rag.postprocessing.call_stream import ToolCallStream
from rag.runtime.progress import CancelEvent
from rag.types.decoding import Decoding, Grounding
from rag.types.tools import ToolDefinition

log = logging.getLogger(__name__)

_TRIAL: tuple[Message, ...] = (
    {"role": "system", "content": "You are helpful."},
    {"role": "user", "content": "Reply with OK."},
)
_TRIAL_TOKENS = 8


class ServerGenerator:
    """A `Generator` over a model of a server.

    Args:
        client: the client of the server.
        context_tokens: the setting: context window for prompt and answer; None takes the server's, within reason.
        thinking: have the model think before it answers, if its chat template can switch that.
        thinking_tokens: tokens that a chosen window has in addition for a model that thinks.

    Raises:
        CitewellError: the server cannot be reached, does not have the model, or does not answer as it should.
    """

    def __init__(
        self, client: ModelClient, context_tokens: int | None, *, thinking: bool = False, thinking_tokens: int = 0
    ) -> None:
        self._client = client
        self._thinking = thinking
        self._thinks = False
        self._dialect = Dialect(ask_limits(client).kind)
        self.context_tokens = 0
        trial = self._try()
        limits = ask_limits(client)  # again: what a server loads for the first request has a window only now
        self.parameters = limits.parameters
        self._counts = PromptCounts(prompt_counter(client, limits.kind), _TRIAL, trial.prompt_tokens)
        window = choose_server_window(
            limits.window, limits.parameters, context_tokens, thinking_tokens if self._thinks else 0
        )
        self.context_tokens = window.tokens
        if window.notice:
            log.warning("%s: %s", client.server.label, window.notice)

    def _try(self) -> ChatReader:
        """Ask for a word, and find out which fields the server takes and whether the model thinks."""
        decoding = Decoding(max_new_tokens=_TRIAL_TOKENS)
        while True:
            reader, body = ChatReader(decoding), self._body(_TRIAL, decoding, _TRIAL_TOKENS)
            try:
                for _ in self._deltas(body, reader, Event()):
                    pass
            except RejectedRequestError as error:
                self._adapt(error, body)
            else:
                self._thinks = bool(reader.thoughts)
                return reader

    @property
    def can_call_tools(self) -> bool:
        """True until the server has rejected tools: it is asked only where there are some."""
        return self._dialect.takes_tools

    def count_tokens(self, messages: Sequence[Message], tools: Sequence[ToolDefinition] = ()) -> int:
        """Return the prompt length in tokens, chat template included: exact, or more than any tokenizer makes."""
        return self._counts.count(as_plain_text(inert(messages, beside_calls=bool(tools)))) + tool_tokens(tools)

    def reserved_tokens(self, decoding: Decoding) -> int:
        """Return the tokens of the window that thinking and answer may take."""
        room = thinking_room(self.context_tokens) if self._thinks else 0
        return min(decoding.thinking_tokens, room) + decoding.max_new_tokens

    def stream(
        self,
        messages: Sequence[Message],
        decoding: Decoding,
        cancelled: CancelEvent | None = None,
        grounding: Grounding | None = None,  # noqa: ARG002  a server chooses tokens without it
        tools: Sequence[ToolDefinition] = (),
    ) -> Iterator[TextDelta]:
        """Yield the answer as it is generated; see `Generator.stream`.

        A connection that ends in the middle ends the answer: what was written stays, "interrupted". A server that
        rejects the tools is asked again without.

        Raises:
            SettingsError: the server cannot choose tokens as the decoding asks.
            ServerError: it cannot be reached, or fails before it has written anything; or it read only a part.
            QuestionError: the prompt does not fit, or the server has rejected tools before.
        """
        if not tools:
            yield from self._stream(inert(messages), decoding, cancelled or Event(), ())
            return
        if not self.can_call_tools:
            raise QuestionError("The model on the server cannot call tools. Choose another one, or leave them out.")
        first = 1 + sum(len(message.get("tool_calls", ())) for message in messages)
        found = ToolCallStream(HERMES, {tool.name for tool in tools}, first)
        shown = inert(messages, beside_calls=True)
        # Servers that do not read a model's calls pass them on as text, most often in this format.
        deltas = split_calls(self._stream(shown, decoding, cancelled or Event(), inert_tools(tools)), found)
        with closing(deltas):
            yield from renumbered(deltas, first)

    def _stream(
        self,
        messages: Sequence[Message],
        decoding: Decoding,
        cancelled: CancelEvent,
        tools: Sequence[ToolDefinition],
    ) -> Generator[TextDelta]:
        """Yield the deltas of an answer to messages whose text is inert."""
        while True:
            reserved = self._require_room(messages, decoding, tools)
            reader, body = ChatReader(decoding), self._body(messages, decoding, reserved, tools)
            try:
                yield from self._answered(messages, body, reader, cancelled)
            except RejectedRequestError as error:
                self._adapt(error, body)
                continue
            # A model that thinks unexpectedly, and had no room left to answer, gets it in a second attempt.
            is_new = bool(reader.thoughts) and not self._thinks
            self._thinks = self._thinks or is_new
            if is_new and not reader.answers and reader.reason == "length" and decoding.thinking_tokens:
                continue
            yield from reader.last("cancelled" if cancelled.is_set() else None)
            return

    def _require_room(self, messages: Sequence[Message], decoding: Decoding, tools: Sequence[ToolDefinition]) -> int:
        """Return the tokens reserved for thinking and answer.

        Raises:
            QuestionError: they do not fit into the window beside the prompt.
        """
        prompt = self._counts.count(as_plain_text(messages)) + tool_tokens(tools)
        reserved = self.reserved_tokens(decoding)
        if prompt + reserved > self.context_tokens:
            about = "" if self._counts.is_exact and not tools else "up to "
            raise QuestionError(
                f"The prompt has {about}{prompt} tokens and the answer may take {reserved}, but the model's window "
                f"holds {self.context_tokens}. Ask for fewer passages or a shorter answer."
            )
        return reserved

    def _body(
        self, messages: Sequence[Message], decoding: Decoding, limit: int, tools: Sequence[ToolDefinition] = ()
    ) -> Json:
        thinking = self._thinking and decoding.thinking_tokens > 0
        name, dialect = self._client.server.name, self._dialect
        return chat_body(name, messages, decoding, dialect, limit=limit, thinking=thinking, tools=tools)

    def _adapt(self, error: RejectedRequestError, body: Json) -> None:
        """Leave out what a server has rejected; raise the error if there is nothing to leave out."""
        dialect = self._dialect.after(error.message, body, is_failure=error.is_failure)
        if dialect is None:
            raise error
        left_out = sorted(dialect.without - self._dialect.without)
        log.info("%s rejects %s; it is asked without", self._client.server.label, left_out or "a request")
        if "temperature" in left_out:
            log.warning("%s takes no temperature: it samples as it likes.", self._client.server.label)
        if "tools" in left_out:
            log.warning("%s takes no tools (%s): it answers without.", self._client.server.label, error)
        self._dialect = dialect

    def _answered(
        self, messages: Sequence[Message], body: Json, reader: ChatReader, cancelled: CancelEvent
    ) -> Generator[TextDelta]:
        """Yield the deltas of an answer but for the last one; `reader` has how it ended."""
        try:
            yield from self._deltas(body, reader, cancelled)
        except CancelledError:
            return
        except CitewellError as error:
            if not reader.answers:
                raise
            log.warning("%s", error)
            reader.reason = "interrupted"
            return
        if reader.prompt_tokens:
            messages = as_plain_text(messages)
            if "tools" not in body:
                self._counts.learn(messages, reader.prompt_tokens)
            if self._counts.is_cut(messages, reader.prompt_tokens):
                self._say_it_was_cut(messages, reader.prompt_tokens)

    def _deltas(self, body: Json, reader: ChatReader, cancelled: CancelEvent) -> Generator[TextDelta]:
        with self._client.chat(body, cancelled) as pieces:
            for piece in pieces:
                if piece.get("error"):
                    raise self._client.failures.in_stream(message_in(piece))
                yield from reader.push(piece)
                if cancelled.is_set() or reader.is_complete:
                    return
        if reader.reason is None:
            raise self._client.failures.broken_off()

    def _say_it_was_cut(self, messages: Sequence[Message], read: int) -> None:
        """Keep to what the server reads from now on, and say that it has cut this prompt."""
        counted, self.context_tokens = self._counts.count(messages), min(self.context_tokens, read)
        raise ServerError(
            f"The server at {self._client.server.host} read only {read} of some {counted} tokens of the prompt, so do "
            "not rely on this answer. Give the model a larger window there (Ollama: num_ctx), or set context_tokens to "
            f"{read}."
        )
