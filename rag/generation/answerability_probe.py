"""A linear probe: whether the sources answer the question, read off the model's state once it has read both.

A language model's hidden states tell answerable from unanswerable questions better than what it then says (Slobodkin et
al. 2023, "The Curious Case of Hallucinatory (Un)answerability"). The reading costs nothing: the state is computed
anyway. A probe belongs to one model and to the default prompt; `evaluation/fitting/probing.py` fits it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable

import torch
from safetensors import SafetensorError, safe_open

from rag.errors import ModelError
from rag.generation.forward import ForwardInput
from rag.generation.kv_cache import KVCache

PROBES = files(__package__) / "probes"


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A direction in the output of `layer` (from 0) at the last token of the question: `weights` (hidden,), and a bias.

    `trailing` tokens follow that one in the prompt: what the model's chat template writes after the question.
    """

    layer: int
    weights: torch.Tensor
    bias: float
    trailing: int = 0

    def position(self, prompt_tokens: int) -> int:
        """Where in a prompt of so many tokens the question ends."""
        return prompt_tokens - 1 - self.trailing

    def log_odds(self, state: torch.Tensor) -> float:
        """Natural log-odds that the sources answer; `state` of shape (hidden,)."""
        return float(state.to("cpu", torch.float32) @ self.weights) + self.bias


class ProbeReading:
    """Reads one prompt with a probe, or with none: `log_odds` is known once the question has been computed."""

    def __init__(self, probe: Probe | None, prompt_tokens: int) -> None:
        self.log_odds: float | None = None
        self._probe = probe
        self._position = probe.position(prompt_tokens) if probe else prompt_tokens - 1
        self.unread = prompt_tokens - self._position
        """How many tokens at the end of the prompt must be computed, even if they were before."""

    def work(self, cache: KVCache, stretch: Sequence[int], keep: int) -> ForwardInput:
        """The work of reading a stretch of the prompt, which follows what `cache` holds."""
        row = self._position - cache.length
        if self._probe is None or not 0 <= row < len(stretch):
            return ForwardInput(cache, stretch, keep)
        return ForwardInput(cache, stretch, keep, self._receive, row)

    def _receive(self, states: torch.Tensor) -> None:
        self.log_odds = self._probe.log_odds(states[0]) if self._probe else None


def load_probe(file: Traversable, hidden: int) -> Probe | None:
    """The probe in a file; None if there is none.

    Raises:
        ModelError: the file is damaged, or made for a model with another hidden size.
    """
    if not file.is_file():
        return None
    try:
        with as_file(file) as path, safe_open(path, framework="pt") as opened:
            weights, about = opened.get_tensor("weights").float(), opened.metadata() or {}
        probe = Probe(int(about["layer"]), weights, float(about["bias"]), int(about["trailing"]))
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise ModelError(f"The probe {file.name} cannot be read: {error}. Install Citewell again.") from error
    if weights.shape != (hidden,):
        raise ModelError(f"The probe {file.name} is made for another model: install Citewell again.")
    return probe
