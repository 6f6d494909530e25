"""Small real classes for unit tests: their results depend on the text, so relevance can be tested with them."""

import re
from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np

from rag.errors import QuestionError
from rag.generation.detokenizer import CleanText
from rag.interfaces import Message, TextDelta, ThoughtDelta, Vectors
from rag.runtime.progress import CancelEvent
from rag.types import Certainty, StopReason
from rag.types.decoding import Decoding, Grounding
from rag.types.tools import ToolDefinition


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


class WordEmbedder:
    """Embed a text as the sum of a fixed random direction per word: shared words mean similar vectors."""

    model_name = "words"
    dimension = 48
    max_tokens = 64
    unrelated_cosine = 0.0
    is_multilingual = False

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(words(text)) for text in texts]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.embed_query(text) for text in texts]) if texts else np.zeros((0, 48), np.float32)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self.embed_documents(texts)

    def embed_query(self, text: str) -> Vectors:
        total = np.ones(self.dimension) * 1e-3
        for word in words(text):
            total += np.random.default_rng(crc32(word.encode())).normal(size=self.dimension)
        vector: Vectors = (total / np.linalg.norm(total)).astype(np.float32)
        return vector


class ScriptedGenerator:
    """Generate the script for any prompt, a word per token. `certainty` is reported as by a model with a probe.

    With `thinking` it is a model that thinks that before it answers.
    """

    parameters = 0
    can_call_tools = False

    def __init__(
        self, script: str = "", context_tokens: int = 400, certainty: Certainty | None = None, thinking: str = ""
    ) -> None:
        self.script = script
        self.thinking = thinking
        self.certainty = certainty
        self.context_tokens = context_tokens
        self.seen: list[Message] = []

    def count_tokens(self, messages: Sequence[Message], tools: Sequence[ToolDefinition] = ()) -> int:
        defined = sum(len(tool.description.split()) + 3 for tool in tools)
        return defined + sum(len(message["content"].split()) + 3 for message in messages)

    def reserved_tokens(self, decoding: Decoding) -> int:
        return decoding.max_new_tokens + (decoding.thinking_tokens if self.thinking else 0)

    def begin(self) -> None:
        """Do what a test has to be done before the first word."""

    def stream(
        self,
        messages: Sequence[Message],
        decoding: Decoding,
        cancelled: CancelEvent | None = None,
        grounding: Grounding | None = None,
        tools: Sequence[ToolDefinition] = (),
    ) -> Iterator[TextDelta]:
        self.seen = list(messages)
        self.begin()
        if tools and not self.can_call_tools:
            raise QuestionError("The model in use cannot call tools.")
        if self.count_tokens(messages, tools) + self.reserved_tokens(decoding) > self.context_tokens:
            raise QuestionError("too long for the window")
        tokens = re.findall(r"\s*\S+", self.script)
        text = CleanText(decoding.stop)
        reason: StopReason = "end"
        count = 0
        if self.certainty:
            yield TextDelta("", 0, certainty=Certainty(self.certainty.answerable))
        for thought in re.findall(r"\s*\S+", self.thinking)[: decoding.thinking_tokens]:
            yield ThoughtDelta("", 0, thought=thought)
        for token in tokens:
            if cancelled and cancelled.is_set():
                reason = "cancelled"
                break
            if count == decoding.max_new_tokens:
                reason = "length"
                break
            count += 1
            if piece := text.push(token):
                yield TextDelta(piece, count)
            if text.stopped:
                reason = "stop"
                break
        yield TextDelta(text.finish(), count, reason, certainty=self.certainty)
