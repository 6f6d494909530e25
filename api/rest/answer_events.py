"""An answer as clients get it: whole, or as typed server-sent events."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Literal

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.answer_stream import frame
from api.cited_quotes import CitedQuote, cited_quotes
from api.event_streams import EventStream
from api.problems import problem_json, problem_of
from api.rest.common import Shown
from api.rest.search_endpoints import PassageShown, passage_shown
from rag.exports.answer_schema import AnswerExport
from rag.types import (
    Answer,
    Cited,
    Event,
    Planned,
    PromptRead,
    QuestionKind,
    Retrieved,
    Sentence,
    Support,
    Thought,
    Token,
)


class Answered(Shown):
    """An answer: as it is exported, which `citewell verify` checks, with its citations in one list."""

    answer: AnswerExport
    citations: list[CitedQuote]


class PlannedEvent(Shown):
    """Event `planned`: it is clear what is asked."""

    kind: QuestionKind
    language: str
    parts: list[str]


class RetrievedEvent(Shown):
    """Event `retrieved`: the search is done, and these passages are read."""

    query: str
    passages: list[PassageShown]
    dropped: int


class ReadingEvent(Shown):
    """Event `reading`, from the second second on: how much of the prompt is read, and how long the rest will take."""

    share: float
    seconds_left: float


class TextEvent(Shown):
    """Event `token`, the next piece of the answer, never taken back; or `thought`, of what is thought before it."""

    text: str


class CitedEvent(Shown):
    """Event `cited`: another sentence is complete, and judged by its quotes."""

    start: int
    end: int
    text: str
    support: Support
    missing: list[str]
    citations: list[CitedQuote]


EVENTS: dict[str, type[BaseModel]] = {
    "planned": PlannedEvent,
    "retrieved": RetrievedEvent,
    "reading": ReadingEvent,
    "thought": TextEvent,
    "token": TextEvent,
    "cited": CitedEvent,
    "answer": Answered,
}
EventName = Literal["planned", "retrieved", "reading", "thought", "token", "cited", "answer", "error"]

Finish = Callable[[Answer], Answered]
"""Returns an answer as clients get it, stored where it belongs. It may wait for the disk."""


async def answer_frames(events: EventStream[Event], request: Request, finish: Finish) -> AsyncIterator[str]:
    """Yield the events of an answer as frames. An error that ends them is the last, as event `error`."""
    translate = _Translation(request)
    try:
        async for event in events:
            if isinstance(event, Answer):
                answered = await run_in_threadpool(finish, event)
                yield frame(answered.model_dump_json(exclude_unset=True), "answer")
            else:
                for name, shown in translate(event):
                    yield frame(shown.model_dump_json(), name)
    except Exception as error:  # noqa: BLE001  the response has begun: the client is told in it
        yield frame(json.dumps(problem_json(problem_of(error))), "error")


class _Translation:
    """The events of one answer as a client gets them: of the sentences, only what is new."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._documents: dict[int, int] = {}
        self._told = 0

    def __call__(self, event: Event) -> list[tuple[EventName, BaseModel]]:
        match event:
            case Planned(plan):
                parts = [part.text for part in plan.parts]
                return [("planned", PlannedEvent(kind=plan.kind, language=plan.language, parts=parts))]
            case Retrieved():
                return [("retrieved", self._retrieved(event))]
            case PromptRead(share, seconds_left):
                return [("reading", ReadingEvent(share=round(share, 3), seconds_left=round(seconds_left, 1)))]
            case Thought(text):
                return [("thought", TextEvent(text=text))]
            case Token(text):
                return [("token", TextEvent(text=text))]
            case Cited(sentences):
                new, self._told = sentences[self._told :], len(sentences)
                return [("cited", self._cited(sentence)) for sentence in new]
        return []

    def _retrieved(self, event: Retrieved) -> RetrievedEvent:
        self._documents = {n: passage.chunk.document_id for n, passage in enumerate(event.passages, start=1)}
        passages = [passage_shown(passage, self._request) for passage in event.passages]
        return RetrievedEvent(query=event.query, passages=passages, dropped=len(event.dropped))

    def _cited(self, sentence: Sentence) -> CitedEvent:
        quotes = cited_quotes((sentence,), self._documents, self._request)
        return CitedEvent(
            start=sentence.start,
            end=sentence.end,
            text=sentence.text,
            support=sentence.support,
            missing=list(sentence.missing),
            citations=list(quotes),
        )
