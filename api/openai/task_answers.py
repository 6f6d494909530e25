"""Short tasks of chat clients, such as a title or tags for a conversation: answered by the model without a search."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import replace
from typing import Any

from api.assistant_events import in_turn
from api.backend import Backend
from api.caller import Caller
from api.event_streams import EventStream
from api.openai.answer_pieces import Finished, Piece, Written, ending_of
from api.openai.answered_calls import call_messages
from api.openai.asked_messages import Conversation, chat_messages
from api.openai.function_answers import callable_functions, for_calls, pieces_of, require_unobjectionable
from api.openai.function_choice import FunctionChoice
from api.openai.function_definitions import Functions
from rag.answering import conversation_settings
from rag.interfaces import Generator, Message, TextDelta
from rag.postprocessing.output_checks import check_stream
from rag.runtime.progress import CancelEvent
from rag.types.decoding import Decoding

_USUAL_TOKENS = 256
"""Longest answer, in tokens, where the client does not say: titles, tags and follow-up questions are shorter."""


def task_pieces(
    backend: Backend, caller: Caller, conversation: Conversation, chosen: dict[str, Any], functions: Functions
) -> AbstractAsyncContextManager[EventStream[Piece]]:
    """Have the model answer, or call `functions`, and give the pieces. Leaving the block ends the answer.

    Where there are functions, a text comes when it is whole.

    Raises:
        CitewellError: the messages cannot be answered as they are, or too many are waiting.
    """

    def pieces(cancelled: CancelEvent) -> Iterator[Piece]:
        services = backend.services
        options = conversation_settings.options(
            services.settings,
            {"max_new_tokens": _USUAL_TOKENS, **chosen, "thinking_tokens": 0},
            services.models,
        )
        content_filter = services.content_filter
        require_unobjectionable(content_filter, conversation.question)
        decoding = options.decoding or services.settings.decoding
        callable_ = callable_functions(services.generator, functions)
        if callable_.definitions:
            decoding = for_calls(decoding, services.generator, chosen)
            asking = FunctionChoice(services.generator, callable_, content_filter, reads_on=True)
            choice = asking.choose(list(chat_messages(conversation)), conversation.answered, decoding, cancelled)
            backend.rates.spend_tokens(caller, choice.prompt_tokens + choice.output_tokens)
            yield from pieces_of(choice)
            return
        yield from _written(backend, caller, task_messages(conversation, services.generator), decoding, cancelled)

    return in_turn(backend, caller, pieces)


def _written(
    backend: Backend, caller: Caller, messages: list[Message], decoding: Decoding, cancelled: CancelEvent
) -> Iterator[Piece]:
    """Yield the pieces of a text, as it is written."""
    generator = backend.services.generator
    prompt_tokens = generator.count_tokens(messages)
    last = TextDelta("", 0, "none")
    written = generator.stream(messages, decoding, cancelled)
    with closing(check_stream(written, backend.services.content_filter)) as deltas:
        for last in deltas:
            if last.text:
                yield Written(last.text)
    backend.rates.spend_tokens(caller, prompt_tokens + last.tokens)
    yield Finished(ending=ending_of(last.stop_reason), prompt_tokens=prompt_tokens, output_tokens=last.tokens)


def task_messages(conversation: Conversation, generator: Generator) -> list[Message]:
    """Return a conversation for a model, with the results of calls in its own form if it has one."""
    answered = conversation.answered
    if answered and not generator.can_call_tools:
        results = "\n\n".join(f"Result of {each.call.name}: {each.result}" for each in answered)
        conversation = replace(conversation, question=f"{results}\n\n{conversation.question}")
        answered = ()
    return [*chat_messages(conversation), *call_messages(answered)]
