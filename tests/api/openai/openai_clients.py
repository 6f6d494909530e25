"""OpenAI's own client, which checks every response against its types, and a model that notes what it is asked."""

from collections.abc import Iterator, Sequence
from typing import Any

from openai import OpenAI

from api.standalone import RunningApi
from rag.interfaces import Message, TextDelta
from rag.runtime.progress import CancelEvent
from rag.types import Citation, Sentence, Support
from rag.types.decoding import Decoding, Grounding
from rag.types.tools import ToolDefinition
from tests.support.scripted_app import ObedientGenerator

ASKED = "What is the entry fee?"
SAID = "The entry fee is 20 euros."


def openai_client(running: RunningApi, key: str = "none needed", **more: Any) -> OpenAI:
    """Return a strict client that tries nothing twice."""
    options = {"max_retries": 0, "timeout": 30, "_strict_response_validation": True, **more}
    return OpenAI(base_url=f"{running.url}v1", api_key=key, **options)


def messages(*contents: str) -> list[Any]:
    """Return what the user and the assistant say in turn."""
    return [
        {"role": "assistant" if index % 2 else "user", "content": content} for index, content in enumerate(contents)
    ]


class NotingGenerator(ObedientGenerator):
    """Notes the messages and the decoding of each answer; fails after its first words if told to."""

    def __init__(self, script: str = SAID, *, fails: Exception | None = None) -> None:
        super().__init__(script, 0)
        self.asked: list[list[Message]] = []
        self.decodings: list[Decoding] = []
        self.ended: list[str] = []
        self._fails = fails

    def stream(
        self,
        messages: Sequence[Message],
        decoding: Decoding,
        cancelled: CancelEvent | None = None,
        grounding: Grounding | None = None,
        tools: Sequence[ToolDefinition] = (),
    ) -> Iterator[TextDelta]:
        self.asked.append(list(messages))
        self.decodings.append(decoding)
        for number, delta in enumerate(super().stream(messages, decoding, cancelled, grounding)):
            if self._fails and number == 2:
                raise self._fails
            if delta.stop_reason:
                self.ended.append(delta.stop_reason)
            yield delta


def sentence(text: str, answer: str, *numbers: int, support: Support = "supported") -> Sentence:
    """Return a sentence of an answer with a citation for each number."""
    start = answer.index(text)
    citations = tuple(
        Citation(
            number=number,
            document=f"{number}.txt",
            page=1,
            label="",
            start=0,
            end=5,
            quote="Quote",
            score=1.0,
            place="p. 1",
        )
        for number in numbers
    )
    return Sentence(start=start, end=start + len(text), text=text, citations=citations, support=support)
