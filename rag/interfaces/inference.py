"""What models do: embed, rerank and generate; and the chunker, which counts in their tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from rag.runtime.progress import CancelEvent
from rag.types import Certainty, GenerationStats, NewChunk, Page, Passage, StopReason
from rag.types.decoding import Decoding

Vectors = npt.NDArray[np.float32]
"""Unit-length embeddings, shape (n, dimension)."""

Message = dict[str, str]
"""A chat message: {"role": "system" | "user" | "assistant", "content": text}."""


class Embedder(Protocol):
    """Turns text into unit-length vectors whose dot product is similarity."""

    @property
    def model_name(self) -> str:
        """Identifies the vector space: vectors of two names must never be mixed."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """Longest text it sees whole, in its own tokens without the special ones."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens and without truncation."""

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages, shape (len(texts), dimension)."""

    def embed_query(self, text: str) -> Vectors:
        """Vector of a question, shape (dimension,). Some models treat questions differently from passages."""


def longest_first(texts: Sequence[str]) -> list[int]:
    """Return the order in which to embed texts: batches of texts of similar length contain little padding."""
    return sorted(range(len(texts)), key=lambda index: len(texts[index]), reverse=True)


class Reranker(Protocol):
    """Reorders retrieved passages with a slower, better judgement."""

    def rerank(self, query: str, passages: Sequence[Passage], limit: int) -> list[Passage]:
        """The best `limit` of the passages, best first."""


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of generated text. `tokens` counts those generated so far.

    The last one says why the text ended, and how it was generated. `certainty` comes with the last, and as far as it
    is known with one without text before the first.
    """

    text: str
    tokens: int
    stop_reason: StopReason | None = None
    stats: GenerationStats | None = None
    certainty: Certainty | None = None


class Generator(Protocol):
    """Writes text from chat messages."""

    @property
    def context_tokens(self) -> int:
        """Window of the model: prompt and answer together never exceed it."""

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Exact prompt length in tokens, chat template included."""

    def stream(
        self, messages: Sequence[Message], decoding: Decoding, cancelled: CancelEvent | None = None
    ) -> Iterator[TextDelta]:
        """Pieces of the answer as they are written; the last has a `stop_reason`.

        Setting `cancelled`, or closing the iterator, halts computing within one token.

        Raises:
            QuestionError: prompt and `max_new_tokens` do not fit the window together.
        """


class TokenCounter(Protocol):
    """Counts tokens of texts: the part of an Embedder that chunking needs."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text."""


class Chunker(Protocol):
    """Cuts pages into chunks."""

    def chunk(self, pages: Sequence[Page], title: str = "") -> list[NewChunk]:
        """Chunks in reading order; each lies within one page."""
