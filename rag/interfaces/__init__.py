"""Protocols between the modules. Only `rag.services` knows which implementation is behind one.

Each has one contract suite in `tests/contracts/` that all its implementations pass, fakes included.
"""

from rag.interfaces.indexes import KeywordIndex, Retriever, VectorIndex
from rag.interfaces.inference import (
    Chunker,
    Embedder,
    Generator,
    Message,
    Reranker,
    TextDelta,
    TokenCounter,
    Vectors,
    longest_first,
)
from rag.interfaces.judges import ContentFilter, Scorer
from rag.interfaces.storage import Changes, Conversations, Library, Staging

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
