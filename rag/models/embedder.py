"""Embed text with sentence-transformers."""

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import ModelError
from rag.interfaces import Embedder, Vectors, longest_first
from rag.models.embedder_loading import (
    DOCUMENT_PROMPTS,
    QUERY_PROMPTS,
    document_input,
    first_prompt,
    load_embedding_model,
    window_of,
)
from rag.runtime.compute_thread import computing, on_compute_thread_in_background

_BATCH = 16
"""Small enough for the activations to stay in the processor's cache; sizes from 8 to 64 were measured."""

_MIN_TOKENS = 16
_WORD = "a"

UNRELATED = (
    "The cat sleeps on the sofa all day.",
    "Interest rates rose by two percent in March.",
    "Mix the flour with water, salt and yeast.",
    "The function returns a sorted copy of the list.",
    "Whales breathe air and nurse their young.",
    "The tenant shall give notice in writing.",
)
"""Sentences that have nothing in common."""

_MIN_FLOOR, _MAX_FLOOR = 0.3, 0.95
"""Below the first lie the usual models, whose cosines the fusion of both searches was measured with."""


_MULTILINGUAL_VOCABULARY = 100_000
"""Least vocabulary of a model of many languages (mBERT 120,000, XLM-R 250,000); those for English have 30,000 to 50,000
tokens."""


class SentenceTransformerEmbedder:
    """An `Embedder` over any sentence-transformers model in a local folder.

    `prefixes` of questions and of documents, even empty ones, replace the model's own prompts; None leaves them.

    Raises:
        ModelError: the folder does not hold a model that can be loaded, or a prefix fills its window.
    """

    @computing
    def __init__(
        self,
        folder: Path,
        model_name: str,
        *,
        threads: int = 0,
        prefixes: tuple[str | None, str | None] = (None, None),
    ) -> None:
        from transformers.utils.logging import disable_progress_bar

        from rag.runtime.processor_share import compute_with

        disable_progress_bar()  # it would interleave with our own
        compute_with(threads)
        self._model = load_embedding_model(folder, model_name)
        query, document = prefixes
        self._query_prompt = first_prompt(self._model.prompts, QUERY_PROMPTS) if query is None else query
        own = first_prompt(self._model.prompts, DOCUMENT_PROMPTS)
        self._document_prompt = own if document is None else document
        self.model_name = model_name
        passages = self._embed(list(UNRELATED))
        self.dimension = int(passages.shape[1])
        self.unrelated_cosine = mean_unrelated_cosine(passages @ self._embed_queries(list(UNRELATED)).T)
        self._reader = document_input(self._model)
        # A copy: padding and truncation are a tokenizer's state, and one thread counts while another embeds.
        self._tokenizer: Any = deepcopy(self._reader.tokenizer)
        self._is_bare = not hasattr(self._tokenizer, "model_max_length")
        if self._is_bare:
            self._tokenizer.no_truncation()
        vocabulary = self._tokenizer.get_vocab_size() if self._is_bare else len(self._tokenizer)
        self.is_multilingual = vocabulary >= _MULTILINGUAL_VOCABULARY
        window = window_of(self._reader)
        self.max_tokens = window - max(map(self._overhead, (self._query_prompt, self._document_prompt)))
        require_room(self, window)

    def _overhead(self, prompt: str) -> int:
        """Return how many tokens of the window no text can use: the prompt's, special ones, a chat template's."""
        given = self._reader.preprocess([_WORD], prompt=prompt)["input_ids"]
        return int(given.numel()) - self.count_tokens([_WORD])[0]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, without special tokens or truncation."""
        if not texts:
            return []
        if self._is_bare:
            return [len(text.ids) for text in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]
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
            self._model.encode_document(
                texts,
                prompt=self._document_prompt,
                batch_size=_BATCH,
                convert_to_tensor=True,
                show_progress_bar=False,
            )
        )

    @computing
    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a question, shape (dimension,)."""
        vector: Vectors = self._embed_queries([text])[0]
        return vector

    @computing
    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the unit vectors of short texts, shape (len(texts), dimension). It does not wait like documents do."""
        return self._embed_queries(list(texts)) if texts else np.zeros((0, self.dimension), dtype=np.float32)

    def _embed_queries(self, texts: list[str]) -> Vectors:
        return _unit(
            self._model.encode_query(texts, prompt=self._query_prompt, convert_to_tensor=True, show_progress_bar=False)
        )


def mean_unrelated_cosine(cosines: Vectors) -> float:
    """Return the mean cosine of each unrelated passage and the others as questions; 0 if it is small."""
    mean = float(cosines[~np.eye(len(cosines), dtype=bool)].mean())
    return min(mean, _MAX_FLOOR) if mean > _MIN_FLOOR else 0.0


def require_room(embedder: Embedder, window: int) -> None:
    """Raise a `ModelError` if the prefixes of an embedder leave no room for a text in its window of tokens."""
    if embedder.max_tokens < _MIN_TOKENS:
        raise ModelError(
            f"The embedder {embedder.model_name} reads {window} tokens, and its prefixes leave no room for a text. "
            "Shorten embedder_query_prefix and embedder_document_prefix, or choose another embedder."
        )


def _unit(embeddings: Any) -> Vectors:
    return unit(embeddings.float().cpu().numpy())


def unit(vectors: Vectors) -> Vectors:
    """Return vectors of the length 1."""
    norms = np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    divided: Vectors = (vectors / norms).astype(np.float32, copy=False)
    return divided
