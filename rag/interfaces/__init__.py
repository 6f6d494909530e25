"""Protocols between the modules. Only `rag.services` knows which implementation is behind one.

Each has one contract suite in `tests/contracts/` that all its implementations pass, fakes included.
"""

from rag.interfaces.inference import (
    Chunker,
    ContentFilter,
    Embedder,
    Generator,
    Message,
    Reranker,
    Scorer,
    TextDelta,
    TokenCounter,
    Vectors,
    longest_first,
)
from rag.interfaces.storage import Changes, Conversations, KeywordIndex, Library, Retriever, Staging, VectorIndex

__all__ = [
    "Changes",
    "Chunker",
    "ContentFilter",
    "Conversations",
    "Embedder",
    "Generator",
    "KeywordIndex",
    "Library",
    "Message",
    "Reranker",
    "Retriever",
    "Scorer",
    "Staging",
    "TextDelta",
    "TokenCounter",
    "VectorIndex",
    "Vectors",
    "longest_first",
]
