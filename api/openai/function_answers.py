"""Calls of a client's functions in place of an answer: the model is asked first whether to call one."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

from api.assistant_events import in_turn
from api.backend import Backend
from api.caller import Caller
from api.openai.answer_pieces import Called, Finished, Piece, Pieces, Written, ending_of
from api.openai.answered_calls import call_messages
from api.openai.asked_messages import Conversation, chat_messages
from api.openai.function_choice import Choice, FunctionChoice, as_json
from api.openai.function_definitions import Functions
from api.openai.openai_errors import ParameterError
from rag.answering import conversation_settings
from rag.answering.system_prompts import with_instructions
from rag.errors import QuestionError
from rag.interfaces import ContentFilter, Generator
from rag.runtime.progress import CancelEvent
from rag.types.decoding import Decoding

_CALL_TOKENS = 512
"""Longest call, in tokens, where the client does not say."""

_CHOOSE = "If a function fits the user's message, call it. Otherwise say: No function."
"""Measured with the default model: told nothing, it calls a function for whatever is asked. The refusal is short, since
every question to the documents waits for it."""


async def called_pieces(
    backend: Backend, caller: Caller, conversation: Conversation, chosen: dict[str, Any], functions: Functions
) -> Pieces | None:
    """Return the pieces of the calls that the model makes; None if the documents are to be asked.

    Raises:
        CitewellError: the functions cannot be called as they are, or too many are waiting.
    """

    def choices(cancelled: CancelEvent) -> Iterator[Choice | None]:
        services = backend.services
        options = conversation_settings.options(services.settings, chosen, services.models)
        generator = services.assistant_of(str(chosen.get("model", ""))).generator
        callable_ = callable_functions(generator, functions)
        if not callable_.definitions:
            yield None
            return
        require_unobjectionable(services.content_filter, conversation.question)
        decoding = for_calls(options.decoding or services.settings.decoding, generator, chosen)
        told = replace(conversation, instructions=with_instructions(_CHOOSE, conversation.instructions))
        told = _fitting(told, generator, callable_, decoding)
        asking = FunctionChoice(generator, callable_, services.content_filter, reads_on=False)
        choice = asking.choose(list(chat_messages(told)), conversation.answered, decoding, cancelled)
        backend.rates.spend_tokens(caller, choice.prompt_tokens + choice.output_tokens)
        yield choice

    async with in_turn(backend, caller, choices) as stream:
        (choice,) = [choice async for choice in stream]  # to the end: only then is the turn free for the answer
    return _as_pieces(choice) if choice and choice.calls else None


def callable_functions(generator: Generator, functions: Functions) -> Functions:
    """Return the functions that a model can call: all, or none.

    Raises:
        ParameterError: it can call none, and must.
    """
    if generator.can_call_tools:
        return functions
    if functions.required:
        raise ParameterError(
            "tool_choice", "The model in use cannot call functions. Choose another one, or leave 'tool_choice' out."
        )
    return Functions()


def for_calls(decoding: Decoding, generator: Generator, chosen: dict[str, Any]) -> Decoding:
    """Return the decoding of an answer that may be a call: no stop sequence cuts it, and no thinking delays it."""
    longest = chosen.get("max_new_tokens", min(_CALL_TOKENS, generator.context_tokens // 4))
    return replace(decoding, max_new_tokens=longest, thinking_tokens=0, stop=())


def require_unobjectionable(content_filter: ContentFilter | None, question: str) -> None:
    """Refuse what must not be asked.

    Raises:
        QuestionError: the filter objects to it.
    """
    objection = content_filter.objection(question) if content_filter else None
    if objection:
        raise QuestionError(f"The content filter objects to this: {objection} (setting content_filter).")


def pieces_of(choice: Choice) -> Iterator[Piece]:
    """Yield the text and the calls of a choice, and how it ended."""
    if choice.text.strip():
        yield Written(choice.text)
    for call in choice.calls:
        yield Called(f"call_{uuid4().hex[:24]}", call.name, as_json(call.arguments))
    yield Finished(
        ending="tool_calls" if choice.calls else ending_of(choice.stop_reason),
        prompt_tokens=choice.prompt_tokens,
        output_tokens=choice.output_tokens,
    )


async def _as_pieces(choice: Choice) -> AsyncIterator[Piece]:
    for piece in pieces_of(choice):
        yield piece


def _fitting(
    conversation: Conversation, generator: Generator, functions: Functions, decoding: Decoding
) -> Conversation:
    """Return the conversation without the oldest turns that have no room beside the functions."""
    most = generator.context_tokens - generator.reserved_tokens(decoding)
    calls = call_messages(conversation.answered)
    while conversation.history:
        messages = [*chat_messages(conversation), *calls]
        if generator.count_tokens(messages, functions.definitions) <= most:
            break
        conversation = replace(conversation, history=conversation.history[1:])
    return conversation
