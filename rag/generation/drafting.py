"""A smaller model guesses what the larger one will write: the draft model of speculative decoding."""

from collections.abc import Sequence

import torch

from rag.generation.forward import ModelRunner, Work
from rag.generation.kv_cache import KVCache
from rag.generation.speculation import PromptLookup

_MOST = 4
_READ_ROWS = 256


class DraftModel:
    """A `Drafter` that writes greedily with a model of its own where the prompt gives no hint."""

    def __init__(self, runner: ModelRunner) -> None:
        self._runner = runner
        self._lookup = PromptLookup()
        self._cache: KVCache = runner.new_cache(0)
        self._read: list[int] = []

    def propose(self, tokens: Sequence[int], limit: int) -> list[int]:
        """What followed these tokens before, else what the draft model would write."""
        if found := self._lookup.propose(tokens, limit):
            return found
        draft: list[int] = []
        while len(draft) < min(limit, _MOST):
            logits = self._compute([*tokens, *draft])
            draft.append(int(logits.argmax()))
        return draft

    def learn(self, proposed: int, accepted: int) -> None:
        """How much of the last guess was right."""
        self._lookup.learn(proposed, accepted)

    def _compute(self, tokens: list[int]) -> torch.Tensor:
        """Logits after `tokens`; what was read of them before is not read again."""
        common = next((i for i, (a, b) in enumerate(zip(self._read, tokens, strict=False)) if a != b), None)
        known = min(len(self._read), len(tokens) - 1) if common is None else common
        self._cache.crop(known)
        logits = None
        while self._cache.length < len(tokens):
            stretch = tokens[self._cache.length :][:_READ_ROWS]
            (logits,) = self._runner.forward([Work(self._cache, stretch, keep=1)])
        self._read = tokens
        assert logits is not None  # noqa: S101  one token at least was left to read
        return logits[-1]
