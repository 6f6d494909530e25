"""Short tasks of chat clients, such as a title or tags for a conversation: answered by the model without a search.

This is also where tools of a client belong: the model answers these messages as they are, so it could call them.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from typing import Any

from api.asking.assistant_events import require_ready
from api.asking.event_stream import EventStream, streamed
from api.backend import Backend
from api.callers.caller import Caller
from api.openai.answers.answer_pieces import Finished, Piece, Written, ending_of
from api.openai.answers.asked_messages import Conversation, chat_messages
from rag.answering import conversation_settings
from rag.errors import QuestionError
from rag.interfaces import TextDelta
from rag.postprocessing.output_checks import check_stream
from rag.runtime.progress import CancelEvent

_USUAL_TOKENS = 256
"""Longest answer, in tokens, where the client does not say: titles, tags and follow-up questions are shorter."""


@asynccontextmanager
async def task_pieces(
    backend: Backend, caller: Caller, conversation: Conversation, chosen: dict[str, Any]
) -> AsyncIterator[EventStream[Piece]]:
    """Have the model answer, and give the pieces. Leaving the block ends the answer.

    Raises:
        CitewellError: the messages cannot be answered as they are, or too many are waiting.
    """
    require_ready(backend)

    def pieces(cancelled: CancelEvent) -> Iterator[Piece]:
        services = backend.services
        options = conversation_settings.options(
            services.settings,
            {"max_new_tokens": _USUAL_TOKENS, **chosen, "thinking_tokens": 0},
            services.models,
        )
        content_filter = services.content_filter
        objection = content_filter.objection(conversation.question) if content_filter else None
        if objection:
            raise QuestionError(f"The content filter objects to this: {objection} (setting content_filter).")
        messages = list(chat_messages(conversation))
        prompt_tokens = services.generator.count_tokens(messages)
        decoding = options.decoding or services.settings.decoding
        last = TextDelta("", 0, "none")
        written = services.generator.stream(messages, decoding, cancelled)
        with closing(check_stream(written, content_filter)) as deltas:
            for last in deltas:
                if last.text:
                    yield Written(last.text)
        backend.rates.spend_tokens(caller, prompt_tokens + last.tokens)
        yield Finished(ending=ending_of(last.stop_reason), prompt_tokens=prompt_tokens, output_tokens=last.tokens)

    async with backend.queue.turn(), streamed(pieces) as stream:
        yield stream
