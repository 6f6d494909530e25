"""Make up vectors where no search is measured."""

import time
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from rag.interfaces import Vectors


class CrcEmbedder:
    """Make vectors from a checksum."""

    model_name = "crc"
    dimension = 16
    max_tokens = 64
    unrelated_cosine = 0.0
    is_multilingual = False

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Count words as tokens."""
        return [len(text.split()) for text in texts]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each text."""
        return np.stack([self.embed_query(text) for text in texts])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each text."""
        return self.embed_documents(texts)

    def embed_query(self, text: str) -> Vectors:
        """Return the unit vector of a text."""
        vector = np.random.default_rng(crc32(text.encode())).normal(size=self.dimension).astype(np.float32)
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit


class SlowEmbedder(CrcEmbedder):
    """Take as long as a model does, so that most kills hit a file."""

    def __init__(self, text_seconds: float) -> None:
        self._text_seconds = text_seconds

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return a unit vector for each text, after a while."""
        time.sleep(self._text_seconds * len(texts))
        return super().embed_documents(texts)
