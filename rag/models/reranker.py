"""Rerank with a cross-encoder: query and passage are read together, which is more accurate and slower."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.models.model_folder import require_reranker
from rag.models.model_source import ModelSource, first_line
from rag.runtime.compute_thread import computing
from rag.types import Passage


class CrossEncoderReranker:
    """A `Reranker` over any sentence-transformers cross-encoder in a local folder.

    Raises:
        ModelError: the folder does not hold a model that can be loaded.
    """

    @computing
    def __init__(self, folder: Path) -> None:
        require_reranker(ModelSource(folder, str(folder)))
        remedy = "Choose another, or leave the setting reranker empty."
        self._model = load_cross_encoder(folder, "reranker", remedy, num_labels=1)

    @computing
    def rerank(self, query: str, passages: Sequence[Passage], limit: int) -> list[Passage]:
        """Return the `limit` passages with the highest cross-encoder scores, best first; ties keep their order."""
        if not passages:
            return []
        pairs = [(query, text) for text in read_texts(passages)]
        return best_first(passages, self._model.predict(pairs, show_progress_bar=False), limit)


def read_texts(passages: Sequence[Passage]) -> list[str]:
    """Return what a reranker reads of passages: each with its heading."""
    return [f"{passage.chunk.heading}\n{passage.chunk.text}".strip() for passage in passages]


def best_first(passages: Sequence[Passage], scores: Iterable[float], limit: int) -> list[Passage]:
    """Return the `limit` passages with the highest scores, best first; ties keep their order."""
    scored = [replace(passage, score=float(score)) for passage, score in zip(passages, scores, strict=True)]
    return sorted(scored, key=lambda passage: -passage.score)[:limit]


def load_cross_encoder(folder: Path, what: str, remedy: str, **options: Any) -> Any:
    """Load the cross-encoder of a folder that was checked, on the compute thread.

    Raises:
        ModelError: it cannot be loaded; the message names `what` it should be, and the `remedy`.
    """
    import torch
    from sentence_transformers import CrossEncoder
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    try:
        return CrossEncoder(
            str(folder),
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": torch.float32},
            **options,
        )
    except (ImportError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(f"The {what} in {folder} cannot be loaded: {first_line(error)}. {remedy}") from error
