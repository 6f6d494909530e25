"""The seams: small Protocols. Nothing above them knows which implementation it has.

Every Protocol has one contract suite in `tests/contracts/` that all its implementations pass, fakes included.
"""

from rag.interfaces.chunking import Chunker, TokenCounter
from rag.interfaces.judges import ContentFilter, Scorer
from rag.interfaces.models import CancelEvent, Embedder, Generator, Message, Piece, Reranker, Vectors
from rag.interfaces.search import KeywordIndex, Retriever, VectorIndex
from rag.interfaces.stores import Changes, Conversations, Library, Staging

__all__ = [
    "CancelEvent",
    "Changes",
    "Chunker",
    "ContentFilter",
    "Conversations",
    "Embedder",
    "Generator",
    "KeywordIndex",
    "Library",
    "Message",
    "Piece",
    "Reranker",
    "Retriever",
    "Scorer",
    "Staging",
    "TokenCounter",
    "VectorIndex",
    "Vectors",
]
