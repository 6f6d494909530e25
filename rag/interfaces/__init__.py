"""Protocols between the modules. Only `rag.services` knows which implementation is behind one.

Each has one contract suite in `tests/contracts/` that all its implementations pass, fakes included.
"""

from rag.interfaces.inference import (
    SMALL_PARAMETERS,
    ClaimJudge,
    ContentFilter,
    Embedder,
    FilledForm,
    FormFiller,
    Generator,
    Message,
    PromptReader,
    ReadDelta,
    Reranker,
    Scorer,
    TextDelta,
    ThoughtDelta,
    ToolCallDelta,
    Vectors,
    YesNoJudge,
    closed_after,
    longest_first,
)
from rag.interfaces.search_indexes import KeywordIndex, KeywordQuery, VectorIndex
from rag.interfaces.storage import Changes, IndexRecord, Library, Retriever, Staging

__all__ = [
    "SMALL_PARAMETERS",
    "Changes",
    "ClaimJudge",
    "ContentFilter",
    "Embedder",
    "FilledForm",
    "FormFiller",
    "Generator",
    "IndexRecord",
    "KeywordIndex",
    "KeywordQuery",
    "Library",
    "Message",
    "PromptReader",
    "ReadDelta",
    "Reranker",
    "Retriever",
    "Scorer",
    "Staging",
    "TextDelta",
    "ThoughtDelta",
    "ToolCallDelta",
    "VectorIndex",
    "Vectors",
    "YesNoJudge",
    "closed_after",
    "longest_first",
]
