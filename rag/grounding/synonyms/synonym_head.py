"""A linear head over the embedder's word vectors: do two words, each in its sentence, say the same?

It is fitted to one embedder by `evaluation/fitting/synonyms.py`.
"""

from dataclasses import dataclass
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable

import numpy as np
from safetensors import SafetensorError, safe_open

from rag.errors import ModelError
from rag.interfaces import Vectors

HEADS = files(__package__) / "heads"


@dataclass(frozen=True, slots=True, eq=False)
class SynonymHead:
    """Weights for the `features` of two word vectors, and a bias."""

    weights: Vectors
    bias: float

    def log_odds(self, ours: Vectors, theirs: Vectors) -> Vectors:
        """Return the natural log-odds that the words differ in meaning, one for each pair of rows."""
        odds: Vectors = features(ours, theirs) @ self.weights + self.bias
        return odds


def features(ours: Vectors, theirs: Vectors) -> Vectors:
    """Return how each pair of unit vectors differs and agrees, scaled to values around one."""
    size = np.float32(np.sqrt(ours.shape[-1]))
    agreement = (ours * theirs).sum(axis=-1, keepdims=True)
    parts: Vectors = np.concatenate([np.abs(ours - theirs) * size, ours * theirs * size * size, agreement], axis=-1)
    return parts


def load_head(file: Traversable) -> SynonymHead:
    """Load the head in a file.

    Raises:
        ModelError: the file is damaged.
    """
    try:
        with as_file(file) as path, safe_open(path, framework="numpy") as opened:
            weights, about = opened.get_tensor("weights").astype(np.float32), opened.metadata() or {}
        return SynonymHead(weights, float(about["bias"]))
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise ModelError(f"The head {file.name} cannot be read: {error}. Install Citewell again.") from error
