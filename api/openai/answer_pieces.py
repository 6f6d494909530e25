"""The pieces of an answer that chat completions and responses are made of, streamed or whole: the same in both."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request

from api.cited_quotes import cited_quotes
from api.openai.annotations import Annotation
from api.openai.answer_endings import refusal_text, sources_text
from api.openai.marked_text import Mark, MarkedText
from rag.grounding.abstention import explain
from rag.types import Answer, Cited, Event, Passage, Retrieved, Sentence, StopReason, Thought, Token

Ending = Literal["stop", "length", "content_filter", "tool_calls"]
"""Why a text ended, in OpenAI's words."""


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """A piece of what the model thinks before."""

    text: str


@dataclass(frozen=True, slots=True)
class Annotated:
    """Annotations of the text so far: those of one marker."""

    annotations: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class Called:
    """A call of a client's function, in place of an answer: `arguments` are JSON."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Searched:
    """The search is done."""

    query: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The text has ended. An `answer` of None was written without a search."""

    ending: Ending
    prompt_tokens: int
    output_tokens: int
    answer: Answer | None = None

    def citewell(self) -> dict[str, object]:
        """Return what OpenAI's shape has no place for; nothing of a text that was written without a search."""
        if self.answer is None:
            return {}
        answer = self.answer
        known = {
            "abstained": answer.abstained,
            "refusal": explain(answer),
            "confidence": round(answer.confidence, 4),
            "not_found": [sentence.text for sentence in answer.not_found],
            "notes": list(answer.notes),
            "query": answer.query,
        }
        return {"citewell": known}


Pieces = AsyncIterable["Piece"]

Piece = Written | Thinking | Annotated | Called | Searched | Finished
"""The last one is `Finished`."""

_ENDINGS: dict[StopReason, Ending] = {"length": "length", "filtered": "content_filter"}


def ending_of(reason: StopReason | None) -> Ending:
    """Return why a text ended; what is neither too long nor objected to has come to its end."""
    return _ENDINGS.get(reason or "none", "stop")


async def answer_pieces(
    events: AsyncIterable[Event], request: Request, *, with_sources: bool = False
) -> AsyncIterator[Piece]:
    """Yield the pieces of an answer, with a list of its sources at the end if asked for."""
    marking = _Marking(request)
    async for event in events:
        match event:
            case Retrieved():
                marking.ids = {number: each.chunk.document_id for number, each in enumerate(event.passages, start=1)}
                yield Searched(event.query, event.passages)
            case Thought():
                yield Thinking(event.text)
            case Token():
                for piece in marking.pieces(marking.text.add(event.text)):
                    yield piece
            case Cited():
                for piece in marking.pieces(marking.text.cite(event.sentences)):
                    yield piece
            case Answer():
                for piece in marking.ended(event, with_sources=with_sources):
                    yield piece
                yield _finished(event)


class _Marking:
    """The text of one answer, with the annotations of its markers."""

    def __init__(self, request: Request) -> None:
        self.text = MarkedText()
        self.ids: dict[int, int] = {}
        self._request = request
        self._annotations: list[Annotation] = []

    def pieces(self, marked: Iterable[str | Mark]) -> Iterable[Piece]:
        for each in marked:
            if isinstance(each, Mark):
                quotes = cited_quotes(each.sentences, self.ids, self._request)
                # The result of a client's function is in no document, and nothing of ours shows it.
                annotations = tuple(Annotation(each.start, each.end, quote) for quote in quotes if quote.document_id)
                self._annotations += annotations
                if annotations:
                    yield Annotated(annotations)
            else:
                yield Written(each)

    def ended(self, answer: Answer, *, with_sources: bool) -> Iterable[Piece]:
        refused = refusal_text(answer)
        if refused and not self.text.length:
            self.text.drop()  # nobody has seen the draft, and it must not be relied on
        elif not answer.abstained:
            yield from self.pieces(self.text.cite(answer.sentences))
        yield from self.pieces(self.text.finish())
        if refused:
            begin = "\n\n" if self.text.length else ""
            yield from self.pieces(self.text.append(begin + refused, _nearest(answer)))
        listed = sources_text([each.quote for each in self._annotations], answer) if with_sources else ""
        if listed:
            yield from self.pieces(self.text.append(listed))


def _nearest(answer: Answer) -> tuple[Sentence, ...]:
    """Return the statement nearest to a question refused: its quote supports no sentence of the answer."""
    if answer.nearest is None:
        return ()
    quoted = answer.nearest
    return (Sentence(start=0, end=0, text=quoted.quote, citations=(quoted,), support="unsupported"),)


def _finished(answer: Answer) -> Finished:
    timings = answer.timings
    return Finished(
        ending=ending_of(answer.stop_reason),
        prompt_tokens=timings.prompt_tokens,
        output_tokens=timings.output_tokens,
        answer=answer,
    )
