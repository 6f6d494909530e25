"""Protocols of models and rules: embed, rerank, generate, judge, count tokens."""

from collections.abc import Generator as PythonGenerator
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from rag.runtime.progress import CancelEvent
from rag.types import Certainty, ClaimVerdict, GenerationStats, Passage, PromptRead, StopReason, YesNoVerdict
from rag.types.decoding import Decoding, Grounding
from rag.types.tools import ToolCall, ToolDefinition

Vectors = npt.NDArray[np.float32]
"""Unit-length embeddings, shape (n, dimension)."""

Message = dict[str, Any]
"""A chat message: {"role": "system" | "user" | "assistant", "content": text}.

One of the assistant may have "tool_calls", a sequence of `ToolCall`s. For each of them follows a message with its
result: {"role": "tool", "tool_call_id": id, "name": name, "content": text}.
"""


SMALL_PARAMETERS = 2_000_000_000
"""Parameters up to which a language model is a small one, like those that Citewell's figures were measured with."""


class Embedder(Protocol):
    """Embed texts as unit-length vectors whose dot product is similarity."""

    @property
    def model_name(self) -> str:
        """Name of the vector space: vectors of two names must never be mixed."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """Longest text it embeds whole, in its own tokens without the special ones."""

    @property
    def unrelated_cosine(self) -> float:
        """Cosine of a question and a passage that have nothing in common: about 0, but not for every model."""

    @property
    def is_multilingual(self) -> bool:
        """True if it was trained for other languages than English."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of each text, without special tokens and without truncation."""

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages, shape (len(texts), dimension)."""

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question, shape (dimension,). Some models embed questions differently."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions and other short texts, shape (len(texts), dimension), at once."""


def longest_first(texts: Sequence[str]) -> list[int]:
    """Return the order in which to embed texts: batches of texts of similar length contain little padding."""
    return sorted(range(len(texts)), key=lambda index: len(texts[index]), reverse=True)


class Reranker(Protocol):
    """Reorder retrieved passages by a slower, more accurate score."""

    def rerank(self, query: str, passages: Sequence[Passage], limit: int) -> list[Passage]:
        """Return the best `limit` of the passages, best first."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of generated text. `tokens` is the number generated so far.

    The last one has the stop reason and the stats. `certainty` comes with the last one; and, as far as it is known
    after prefill, with one without text before the first.
    """

    text: str
    tokens: int
    stop_reason: StopReason | None = None
    stats: GenerationStats | None = None
    certainty: Certainty | None = None


@dataclass(frozen=True, slots=True)
class ThoughtDelta(TextDelta):
    """A piece of what the model thinks before it answers: `thought` is no part of the answer, and `text` is empty."""

    thought: str = ""


@dataclass(frozen=True, slots=True)
class ReadDelta(TextDelta):
    """How far the model has read the prompt, no part of the text: `text` is empty."""

    read: PromptRead = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class ToolCallDelta(TextDelta):
    """A whole call of a tool, no part of the text: `text` is empty."""

    call: ToolCall = field(kw_only=True)


@contextmanager
def closed_after(deltas: Iterator[TextDelta]) -> Iterator[None]:
    """Close the deltas after a `with` block, so that what generates them ends, however the block is left."""
    try:
        yield
    finally:
        if isinstance(deltas, PythonGenerator):
            deltas.close()


class Generator(Protocol):
    """Generate text from chat messages."""

    @property
    def context_tokens(self) -> int:
        """Context window: prompt, thinking and answer together never exceed it."""

    @property
    def parameters(self) -> int:
        """Number of the model's parameters; 0 if it is not known."""

    @property
    def can_call_tools(self) -> bool:
        """True if `tools` may be given: the model is told of them, and its calls are understood."""

    def reserved_tokens(self, decoding: Decoding) -> int:
        """Return the tokens of the window that thinking and answer may take."""

    def count_tokens(self, messages: Sequence[Message], tools: Sequence[ToolDefinition] = ()) -> int:
        """Return the exact prompt length in tokens, chat template included."""

    def stream(
        self,
        messages: Sequence[Message],
        decoding: Decoding,
        cancelled: CancelEvent | None = None,
        grounding: Grounding | None = None,
        tools: Sequence[ToolDefinition] = (),
    ) -> Iterator[TextDelta]:
        """Yield the answer as it is generated; the last delta has a `stop_reason`.

        With a `grounding` the answer, but not the thinking, is held to its figures and names: others are not written.

        What the model thinks before it comes as `ThoughtDelta`s, which do not count as `tokens`. Calls of `tools` come
        as `ToolCallDelta`s, and end the answer with the reason "tool_calls". Setting `cancelled`, or closing the
        iterator, stops the computation within one token.

        Raises:
            QuestionError: prompt and `reserved_tokens` together do not fit the window, or the model can call no tools.
        """


@runtime_checkable
class PromptReader(Protocol):
    """Read prompts: the part of a `Generator` that knows how long it takes, and can do it before they are asked."""

    def tokens_per_s(self) -> float:
        """Return how many tokens of a prompt it reads in a second on this machine."""

    def read_ahead(self, messages: Sequence[Message], reader: str, cancelled: CancelEvent) -> None:
        """Read a prompt that may come soon, as long as nobody waits for an answer.

        Of each `reader` only the last prompt is kept. No text depends on what was read ahead.
        """


@runtime_checkable
class ClaimJudge(Protocol):
    """Judge claims: the part of a `Generator` that checks what it or another one has written."""

    @property
    def can_judge(self) -> bool:
        """True if this was learned for the model."""

    def judge_claim(self, claim: str, quote: str) -> ClaimVerdict:
        """Return whether a quote says a claim; nothing is generated."""


@runtime_checkable
class YesNoJudge(Protocol):
    """Tell yes from no: the part of a `Generator` that decides how the answer to a yes/no question begins."""

    def judge_yes_no(self, question: str, quotes: Sequence[str]) -> YesNoVerdict | None:
        """Return what quotes say of a question; None if this was not learned."""

    def beginning_with(self, decoding: Decoding, wanted: str, words: Sequence[str]) -> Decoding:
        """Return a decoding whose answer begins with the wanted word where it would begin with one of these.

        "" for the wanted word: it begins with none of them.
        """


@dataclass(frozen=True, slots=True)
class FilledForm:
    """A form as a model filled it in, "" if it could not, and the probability of its least likely token."""

    text: str = ""
    certainty: float = 0.0


@runtime_checkable
class FormFiller(Protocol):
    """Fill in forms: the part of a `Generator` that writes what a pattern allows, and nothing else."""

    def fill(self, messages: Sequence[Message], pattern: str, cancelled: CancelEvent | None = None) -> FilledForm:
        """Return the likeliest text that matches a regular expression, as the answer to these messages."""


class Scorer(Protocol):
    """Judge how well spans of text support a sentence."""

    def support(self, sentence: str, spans: Sequence[str], context: str = "") -> list[float]:
        """Return one score in [0, 1] per span. `context` is the spans' heading: it may name whom they are about."""

    def contradicts(self, sentence: str, spans: Sequence[str]) -> list[bool]:
        """Return whether each span contradicts the sentence: then no other span makes it support it."""

    def misplaces(self, sentence: str, text: str) -> bool:
        """Return True if a figure of the sentence is one that the text says of something else."""

    def missing(self, sentence: str, text: str, context: str = "") -> list[str]:
        """Return the required facts of the sentence that the text does not have: numbers, units and names.

        Names need only be in the `context`, as in `support`.
        """

    def opinion(self, sentence: str, text: str, context: str = "") -> float | None:
        """Return the probability that the text says what the sentence says, in whatever words; None if it is unknown.

        It is a second opinion: which sentences are about the same is told by `support`. The `context` says whose text
        it is: who "we" are, and of whom "their term" is.
        """


class ContentFilter(Protocol):
    """Judge what may be asked and answered."""

    def objection(self, text: str) -> str | None:
        """Return why this text must not be asked or shown, as the end of a sentence; None if it may."""
