"""What cuts pages, and what that needs."""

from collections.abc import Sequence
from typing import Protocol

from rag.types import NewChunk, Page


class TokenCounter(Protocol):
    """Counts tokens of texts: the part of an Embedder that chunking needs."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text."""


class Chunker(Protocol):
    """Cuts pages into chunks."""

    def chunk(self, pages: Sequence[Page], title: str = "") -> list[NewChunk]:
        """Chunks in reading order; each lies within one page."""
