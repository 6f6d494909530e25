"""Protocols between the modules. Only `rag.services` knows which implementation is behind one.

Each has one contract suite in `tests/contracts/` that all its implementations pass, fakes included.
"""

from rag.interfaces.inference import (
    SMALL_PARAMETERS,
    Chunker,
    ContentFilter,
    Embedder,
    Generator,
    Message,
    PromptReader,
    Reranker,
    Scorer,
    TextDelta,
    ThoughtDelta,
    TokenCounter,
    ToolCallDelta,
    Vectors,
    WordReader,
    longest_first,
)
from rag.interfaces.storage import (
    Changes,
    Conversations,
    KeywordIndex,
    KeywordQuery,
    Library,
    Retriever,
    Staging,
    VectorIndex,
)

__all__ = [
    "SMALL_PARAMETERS",
    "Changes",
    "Chunker",
    "ContentFilter",
    "Conversations",
    "Embedder",
    "Generator",
    "KeywordIndex",
    "KeywordQuery",
    "Library",
    "Message",
    "PromptReader",
    "Reranker",
    "Retriever",
    "Scorer",
    "Staging",
    "TextDelta",
    "ThoughtDelta",
    "TokenCounter",
    "ToolCallDelta",
    "VectorIndex",
    "Vectors",
    "WordReader",
    "longest_first",
]
