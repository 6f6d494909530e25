"""Rerank with a cross-encoder: query and passage are read together, which is more accurate and slower."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

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
        import torch
        from sentence_transformers import CrossEncoder
        from transformers.utils.logging import disable_progress_bar

        require_reranker(ModelSource(folder, str(folder)))
        disable_progress_bar()
        try:
            self._model = CrossEncoder(
                str(folder),
                local_files_only=True,
                trust_remote_code=False,
                num_labels=1,
                model_kwargs={"use_safetensors": True, "dtype": torch.float32},
            )
        except (ImportError, OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(
                f"The reranker in {folder} cannot be loaded: {first_line(error)}. Choose another, or leave the setting "
                "reranker empty."
            ) from error

    @computing
    def rerank(self, query: str, passages: Sequence[Passage], limit: int) -> list[Passage]:
        """Return the `limit` passages with the highest cross-encoder scores, best first; ties keep their order."""
        if not passages:
            return []
        pairs = [(query, f"{p.chunk.heading}\n{p.chunk.text}".strip()) for p in passages]
        scores = self._model.predict(pairs, show_progress_bar=False)
        scored = [replace(passage, score=float(score)) for passage, score in zip(passages, scores, strict=True)]
        return sorted(scored, key=lambda passage: -passage.score)[:limit]
