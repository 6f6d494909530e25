"""The tool `ask`: an answer from the documents with its citations, and its progress while it is written."""

import json
import time
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from api.assistant_events import asked
from api.cited_quotes import CitedQuote, citations_of
from api.mcp.tool import Arguments, Call, Result, Tool
from api.question import Question, Selection
from rag.grounding.abstention import explain, refusal
from rag.text.locations import cited_location
from rag.types import Answer, Citation, Event, Planned, PromptRead, Retrieved, Thought, Token
from rag.understanding.descriptions import describe_reading

_REPORT_S = 0.5
"""Progress is told at most so often."""


def _parsed(value: Any) -> Any:
    """Return a list that was sent as text: some models write it so."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value


class AskArguments(Arguments):
    """Arguments of `ask`."""

    question: str = Field(description="The question, in any language. It must be complete: earlier ones are not known.")
    document_ids: Annotated[frozenset[int] | None, BeforeValidator(_parsed)] = Field(
        default=None, max_length=500, description="Answer only from these documents, by their ids."
    )
    collection: str | None = Field(default=None, description="Answer only from this collection.")


class AnswerGiven(Result):
    """The result of `ask`. `answer` has the number of each citation, `[1]`, after the sentence that it supports.

    `text` is the same without these: `sentence_start` and `sentence_end` of a citation count its characters. If it has
    `abstained`, the documents do not answer the question, and `nearest` is what comes nearest to it. `unsupported` are
    sentences that no document supports; `notes` say what the answer leaves open.
    """

    answer: str
    abstained: bool
    confidence: float
    citations: list[CitedQuote]
    unsupported: list[str]
    notes: list[str]
    nearest: str
    text: str


async def _ask(call: Call, given: AskArguments) -> AnswerGiven:
    await call.models("answers", call.report)
    collections = () if given.collection is None else (given.collection,)
    question = Question(text=given.question, selection=Selection(ids=given.document_ids, collections=collections))
    progress = _Progress()
    answers: list[Answer] = []
    async with asked(call.backend, call.caller, question) as events:
        async for event in events:  # to the end, when the turn is free again
            if isinstance(event, Answer):
                answers.append(event)
            elif message := progress.message(event):
                await call.report(message)
    (answer,) = answers
    return answer_given(answer, citations_of(answer, call.request))


class _Progress:
    """Puts the events of an answer into words, a few in a second: stages, and what was written since the last."""

    def __init__(self) -> None:
        self._text = ""
        self._told_at = 0.0

    def message(self, event: Event) -> str:
        """Return what to tell of an event; "" for nothing."""
        match event:
            case Planned():
                return "Searching the documents"
            case Retrieved():
                return "Reading what was found"
            case Token():
                self._text += event.text
        is_due = time.monotonic() - self._told_at >= _REPORT_S
        if not is_due or not isinstance(event, Token | Thought | PromptRead):
            return ""
        self._told_at = time.monotonic()
        if isinstance(event, PromptRead):
            return describe_reading(event)
        written, self._text = self._text, ""
        return written or "Thinking"


def answer_given(answer: Answer, citations: list[CitedQuote]) -> AnswerGiven:
    """Return an answer as the tool's result. The draft of a refused one is not told: it must not be trusted."""
    if answer.abstained:
        said = f"{refusal(answer)} {explain(answer)}"
        return AnswerGiven(
            answer=said,
            abstained=True,
            confidence=round(answer.confidence, 4),
            citations=[],
            unsupported=[],
            notes=list(answer.notes),
            nearest=_nearest(answer.nearest),
            text=said,
        )
    return AnswerGiven(
        answer=_with_numbers(answer),
        abstained=False,
        confidence=round(answer.confidence, 4),
        citations=citations,
        unsupported=[sentence.text for sentence in answer.not_found],
        notes=list(answer.notes),
        nearest="",
        text=answer.text,
    )


def _with_numbers(answer: Answer) -> str:
    """Return the answer with the numbers of its citations after each sentence."""
    text, at = "", 0
    for sentence in answer.sentences:
        numbers = dict.fromkeys(citation.number for citation in sentence.citations)
        text += answer.text[at : sentence.end] + (" " if numbers else "") + "".join(f"[{number}]" for number in numbers)
        at = sentence.end
    return text + answer.text[at:]


def _nearest(citation: Citation | None) -> str:
    if citation is None:
        return ""
    return f"“{citation.quote}” ({cited_location(citation)})"


ASK = Tool(
    name="ask",
    title="Ask the documents",
    description=(
        "Answer a question from the user's own documents, with a citation for every sentence: document, page, exact "
        "quote and address. Says so if the documents do not answer it. A language model on the user's machine "
        "writes it, which takes some seconds to a minute; search and fetch are faster where you only need the text."
    ),
    arguments=AskArguments,
    result=AnswerGiven,
    run=_ask,
)
