"""A linear probe that reads from the model's hidden state whether the passages answer the question.

Hidden states separate answerable from unanswerable questions better than the text the model then writes (Slobodkin et
al. 2023, "The Curious Case of Hallucinatory (Un)answerability"). The probe costs nothing: the state is computed anyway.
It is fitted to one model and the default prompt by `evaluation/probing.py`. The user's own probes are in the
folder of models; a model without a probe does without its signal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file
from importlib.resources.abc import Traversable

import torch
from safetensors import safe_open

from rag.generation.forward import ForwardInput, States
from rag.generation.kv_cache import KVCache
from rag.generation.probe_files import explained, made_for_another_model


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A direction in the output of `layer` (from 0) at the last token of the question: `weights` (hidden,) and a bias.

    `trailing` tokens of the model's chat template follow that token in the prompt.
    """

    layer: int
    weights: torch.Tensor
    bias: float
    trailing: int = 0

    def position(self, prompt_tokens: int) -> int:
        """Return the position of the question's last token in a prompt of this length."""
        return prompt_tokens - 1 - self.trailing

    def log_odds(self, state: torch.Tensor) -> float:
        """Return the natural log-odds that the passages answer the question; `state` has shape (hidden,)."""
        return float(state.to("cpu", torch.float32) @ self.weights) + self.bias


class ProbeReading:
    """Apply a probe, if there is one, to one prompt: sets `log_odds` once the question has passed through the model."""

    def __init__(self, probe: Probe | None, prompt_tokens: int) -> None:
        self.log_odds: float | None = None
        self._probe = probe
        self._position = probe.position(prompt_tokens) if probe else prompt_tokens - 1
        self.min_prefill = prompt_tokens - self._position
        """Number of tokens at the end of the prompt that must be computed even where their keys are cached."""

    def forward_input(self, cache: KVCache, tokens: Sequence[int], keep: int) -> ForwardInput:
        """Return the input that prefills `tokens`, the part of the prompt that follows what `cache` holds."""
        row = self._position - cache.length
        if self._probe is None or not 0 <= row < len(tokens):
            return ForwardInput(cache, tokens, keep)
        return ForwardInput(cache, tokens, keep, self._on_state, row)

    def _on_state(self, states: States) -> None:
        self.log_odds = self._probe.log_odds(states[self._probe.layer]) if self._probe else None


def load_probe(file: Traversable, hidden: int) -> Probe | None:
    """Load the probe in a file; None if there is no such file.

    Raises:
        ModelError: the file is damaged, or made for a model with another hidden size.
    """
    if not file.is_file():
        return None
    with explained(file), as_file(file) as path, safe_open(path, framework="pt") as opened:
        weights, about = opened.get_tensor("weights").float(), opened.metadata() or {}
        probe = Probe(int(about["layer"]), weights, float(about["bias"]), int(about["trailing"]))
    if weights.shape != (hidden,):
        raise made_for_another_model(file)
    return probe
