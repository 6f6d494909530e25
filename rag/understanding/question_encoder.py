"""Encode a question with a small transformer in numpy: a few layers of BERT (Devlin et al. 2018, 1810.04805).

It begins as multilingual-e5-small (Wang et al. 2024, 2402.05672) with its first layers and the more frequent part of
its vocabulary, and is trained on questions by `python -m benchmarks.quality.fit_questions`. A question has some
twenty tokens, so that numpy takes milliseconds, and what plans an answer needs no torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.text.unigram_tokens import unigram_tokenizer

Weights = Mapping[str, NDArray[Any]]

HEADS = 12
"""Attention heads of a layer."""

GROUP = 32
"""Weights of the embedding that share a scale."""

MAX_TOKENS = 128
"""Tokens that are read of a question: of a longer one the beginning and the end, where what it asks for is said."""

_PREFIX = "query: "
"""What e5 reads before a question."""

_BEGIN, _END = 0, 2
_EPSILON = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class _Product:
    """Weights (layers, out, in) in 8 bits with a scale for each row, and biases (layers, out)."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    @classmethod
    def of(cls, stored: Weights, name: str) -> "_Product":
        weights = stored[f"{name}.weights"] * stored[f"{name}.scales"].astype(np.float32)[..., None]
        return cls(weights.astype(np.float32), stored[f"{name}.bias"].astype(np.float32))

    def __call__(self, layer: int, states: NDArray[np.float32]) -> NDArray[np.float32]:
        result: NDArray[np.float32] = states @ self.weights[layer].T + self.bias[layer]
        return result


class QuestionEncoder:
    """The transformer and its tokenizer, from the tensors of a weights file.

    Raises:
        KeyError, ValueError: a tensor is missing, or has another shape.
    """

    def __init__(self, stored: Weights) -> None:
        self._pieces = bytes(stored["pieces"]).decode().split("\n")
        self._scores = stored["scores"]
        self._codes, self._scales = stored["embedding.codes"], stored["embedding.scales"]
        self._positions = stored["positions"].astype(np.float32)
        self._norm = stored["embedding.norm"].astype(np.float32)
        self._norms = stored["norms"].astype(np.float32)
        names = ("attention", "attention_output", "intermediate", "output")
        self._attention, self._attention_output, self._intermediate, self._output = (
            _Product.of(stored, name) for name in names
        )
        self._layers, _, _, hidden = self._norms.shape
        expected = (len(self._pieces), hidden // 2)
        if self._codes.shape != expected or self._positions.shape != (MAX_TOKENS, hidden):
            raise ValueError(f"embeddings of shape {self._codes.shape} and {self._positions.shape}")

    @cached_property
    def _tokenizer(self) -> Any:
        return unigram_tokenizer([*zip(self._pieces, map(float, self._scores), strict=True)])

    def tokenise(self, question: str) -> list[int]:
        """Return the tokens that are read of a question."""
        tokens = [_BEGIN, *self._tokenizer.encode(_PREFIX + question, add_special_tokens=False).ids, _END]
        half = MAX_TOKENS // 2
        return tokens if len(tokens) <= MAX_TOKENS else tokens[:half] + tokens[-half:]

    def encode(self, question: str) -> NDArray[np.float32]:
        """Return the mean of the last layer's states, shape (hidden,)."""
        tokens = np.array(self.tokenise(question))
        states = _normalised(self._embed(tokens) + self._positions[: len(tokens)], self._norm)
        for layer in range(self._layers):
            attended = self._attention_output(layer, self._attend(layer, states))
            states = _normalised(states + attended, self._norms[layer, 0])
            changed = self._output(layer, _gelu(self._intermediate(layer, states)))
            states = _normalised(states + changed, self._norms[layer, 1])
        mean: NDArray[np.float32] = states.mean(0)
        return mean

    def _embed(self, tokens: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the embeddings of tokens from codes of 4 bits, the even places in the low half of a byte."""
        codes = self._codes[tokens]
        values = np.stack([codes & 15, codes >> 4], axis=-1).reshape(len(tokens), -1, GROUP).astype(np.float32) - 8
        return (values * self._scales[tokens].astype(np.float32)[..., None]).reshape(len(tokens), -1)

    def _attend(self, layer: int, states: NDArray[np.float32]) -> NDArray[np.float32]:
        length, hidden = states.shape
        parts = self._attention(layer, states).reshape(length, 3, HEADS, hidden // HEADS)
        queries, keys, values = parts.transpose(1, 2, 0, 3)
        logits = queries @ keys.transpose(0, 2, 1) / np.sqrt(hidden // HEADS, dtype=np.float32)
        weights = np.exp(logits - logits.max(-1, keepdims=True))
        attended = (weights / weights.sum(-1, keepdims=True)) @ values
        merged: NDArray[np.float32] = attended.transpose(1, 0, 2).reshape(length, hidden)
        return merged


def _normalised(states: NDArray[np.float32], norm: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return states with mean 0 and variance 1, times `norm[0]`, plus `norm[1]`."""
    centred = states - states.mean(-1, keepdims=True)
    variance = np.square(centred).mean(-1, keepdims=True)
    result: NDArray[np.float32] = centred / np.sqrt(variance + _EPSILON) * norm[0] + norm[1]
    return result


def _gelu(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the approximation of GELU by a hyperbolic tangent, with which the encoder is trained."""
    result: NDArray[np.float32] = (
        0.5 * values * (1 + np.tanh(0.7978845608 * (values + 0.044715 * values * values * values)))
    )
    return result
