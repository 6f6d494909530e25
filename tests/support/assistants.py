"""An assistant over a library in a folder, with fakes for the models that a test does not name."""

from pathlib import Path
from typing import Any

from rag.answering.prompt_search import SearchSettings
from rag.answering.system_prompts import SYSTEM_PROMPT
from rag.assistant import Assistant, KeepOrder
from rag.grounding.abstention import Abstention
from rag.grounding.lexical_scorer import LexicalScorer
from rag.interfaces import Embedder, Generator, Scorer
from rag.retrieval.hybrid import HybridRetriever
from rag.stores.index_sync import SearchIndexes
from rag.stores.sqlite_library import SqliteLibrary
from rag.text.analyzer import english_analyzer, words
from rag.types.decoding import Decoding
from tests.support.fakes import WordEmbedder


def retriever_over(library: SqliteLibrary, folder: Path, dense_weight: float | None = 0.7) -> HybridRetriever:
    """Return a retriever whose indexes are in the library's folder."""
    embedder = WordEmbedder()
    return HybridRetriever(
        library, SearchIndexes(folder, library, embedder.dimension), embedder, dense_weight=dense_weight
    )


def assistant_over(
    library: SqliteLibrary,
    folder: Path,
    generator: Generator,
    scorer: Scorer | None = None,
    embedder: Embedder | None = None,
    **settings: Any,
) -> Assistant:
    """Return an assistant whose indexes are in the library's folder."""
    usual: dict[str, Any] = {
        "passages": 2,
        "candidates": 6,
        "system_prompt": SYSTEM_PROMPT,
        "decoding": Decoding(max_new_tokens=50),
    }
    return Assistant(
        library,
        retriever_over(library, folder),
        KeepOrder(),
        generator,
        scorer or LexicalScorer(english_analyzer().analyze),
        Abstention(words),
        SearchSettings(**usual | settings),
        max_question_chars=200,
        embedder=embedder,
    )
