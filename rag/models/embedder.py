"""Embed text with sentence-transformers."""

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import ModelError
from rag.interfaces import Vectors, longest_first
from rag.models.hardware import embedding_dtype
from rag.runtime.compute_thread import computing, on_compute_thread_in_background

_BATCH = 16
"""Small enough for the activations to stay in the processor's cache; sizes from 8 to 64 were measured."""


class SentenceTransformerEmbedder:
    """An `Embedder` over any sentence-transformers model in a local folder.

    Raises:
        ModelError: the folder does not hold a model that can be loaded.
    """

    @computing
    def __init__(self, folder: Path, model_name: str, *, threads: int = 0) -> None:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # it would interleave with our own
        if threads:
            torch.set_num_threads(threads)
        try:
            self._model = SentenceTransformer(
                str(folder),
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"dtype": embedding_dtype()},
            )
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                f"The embedder in {folder} cannot be loaded: {error}. Run 'citewell models verify'."
            ) from error
        self._model[0].register_forward_hook(_pool_in_full_precision)
        self.model_name = model_name
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        # A copy: padding and truncation are a tokenizer's state, and one thread counts while another embeds.
        self._tokenizer: Any = deepcopy(self._model.tokenizer)
        special = int(self._tokenizer.num_special_tokens_to_add())
        self.max_tokens = int(self._model.max_seq_length or self._tokenizer.model_max_length) - special

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, without special tokens or truncation."""
        if not texts:
            return []
        encoded = self._tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of passages, shape (len(texts), dimension). Other work goes first between batches."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        # Texts of similar length share a batch, so that little of it is padding.
        order = longest_first(texts)
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            vectors[batch] = on_compute_thread_in_background(self._embed, [texts[index] for index in batch])
        return vectors

    def _embed(self, texts: list[str]) -> Vectors:
        return _unit(
            self._model.encode_document(texts, batch_size=_BATCH, convert_to_tensor=True, show_progress_bar=False)
        )

    @computing
    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question, shape (dimension,)."""
        return _unit(self._model.encode_query(text, convert_to_tensor=True, show_progress_bar=False))


def _pool_in_full_precision(_module: Any, _inputs: Any, features: dict[str, Any]) -> dict[str, Any]:
    """Pool and normalise in float32, whatever the transformer computes in (a hook after the transformer)."""
    return {**features, "token_embeddings": features["token_embeddings"].float()}


def _unit(embeddings: Any) -> Vectors:
    vectors: Vectors = embeddings.float().cpu().numpy()
    norms = np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    unit: Vectors = (vectors / norms).astype(np.float32, copy=False)
    return unit
