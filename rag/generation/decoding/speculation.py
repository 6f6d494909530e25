"""Speculative decoding: draft the next tokens cheaply and let the model verify all of them in one forward pass.

A draft is accepted as far as the model would have chosen the same tokens, so the text is the one it would have written
alone (Leviathan et al. 2023). Prompt lookup (Saxena 2023) drafts what followed the last n-gram earlier in the sequence:
answers from documents quote them. A smaller model of the same vocabulary can draft where that finds nothing.
"""

from collections.abc import Sequence
from typing import Protocol

import torch

from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.kv_cache import KVCache
from rag.generation.prefix_cache import common_prefix

_MAX_NGRAM = 4
_MIN_NGRAM = 2
_MAX_DRAFT, _MIN_DRAFT = 15, 2
_MAX_MODEL_DRAFT = 4
_PREFILL_ROWS = 256
_UNIGRAM_DRAFT = 3
"""Matching the last token alone is a weak guess; but so few rows cost almost nothing unless others need them."""


class Drafter(Protocol):
    """Draft how a sequence continues. One per sequence: it may keep state."""

    def propose(self, tokens: Sequence[int], limit: int) -> list[int]:
        """Return at most `limit` tokens likely to follow `tokens`; none without a basis for a guess."""

    def learn(self, proposed: int, accepted: int) -> None:
        """Adapt to how much of the last draft was accepted."""


class PromptLookup:
    """Draft what followed the last n-gram where it occurred before.

    The draft length adapts to the acceptance rate: each row costs time to verify, rejected ones for nothing.
    """

    def __init__(self) -> None:
        self._indexed = 0
        self._followers: dict[tuple[int, ...], int] = {}
        self._length = _MAX_DRAFT // 2
        self._is_unigram = False

    def propose(self, tokens: Sequence[int], limit: int) -> list[int]:
        """Return what followed the latest earlier occurrence of the longest n-gram that ends `tokens`."""
        self._index(tokens)
        self._is_unigram = False
        for size in range(_MAX_NGRAM, _MIN_NGRAM - 1, -1):
            start = self._followers.get(tuple(tokens[-size:]))
            if start is not None and len(tokens) >= size:
                return list(tokens[start : start + min(limit, self._length)])
        if (start := self._followers.get(tuple(tokens[-1:]))) is None or limit < 2 * _UNIGRAM_DRAFT:
            return []
        self._is_unigram = True
        return list(tokens[start : start + _UNIGRAM_DRAFT])

    def learn(self, proposed: int, accepted: int) -> None:
        """Draft more after a draft that was all right, less after one that was mostly wrong."""
        if self._is_unigram:
            return
        if proposed and accepted == proposed:
            self._length = min(_MAX_DRAFT, self._length + 2)
        elif accepted < proposed / 2:
            self._length = max(_MIN_DRAFT, self._length - 1)

    def _index(self, tokens: Sequence[int]) -> None:
        """Record what follows each n-gram except the last, which nothing follows yet."""
        for end in range(max(self._indexed, 1), len(tokens)):
            for size in range(1, _MAX_NGRAM + 1):
                if end >= size:
                    self._followers[tuple(tokens[end - size : end])] = end
        self._indexed = len(tokens)


class DraftModel:
    """A `Drafter` that decodes greedily with a smaller model where prompt lookup finds nothing."""

    def __init__(self, runner: ModelRunner) -> None:
        self._runner = runner
        self._lookup = PromptLookup()
        self._cache: KVCache = runner.new_cache(0)
        self._computed: list[int] = []

    def propose(self, tokens: Sequence[int], limit: int) -> list[int]:
        """Return what followed these tokens before, else what the draft model would write."""
        if found := self._lookup.propose(tokens, limit):
            return found
        draft: list[int] = []
        while len(draft) < min(limit, _MAX_MODEL_DRAFT):
            logits = self._logits_after([*tokens, *draft])
            draft.append(int(logits.argmax()))
        return draft

    def learn(self, proposed: int, accepted: int) -> None:
        """Adapt prompt lookup to how much of the last draft was accepted."""
        self._lookup.learn(proposed, accepted)

    def _logits_after(self, tokens: list[int]) -> torch.Tensor:
        """Return the logits after `tokens`; the prefix computed before is not computed again."""
        self._cache.crop(min(common_prefix(self._computed, tokens), len(tokens) - 1))
        logits = None
        while self._cache.length < len(tokens):
            part = tokens[self._cache.length :][:_PREFILL_ROWS]
            (logits,) = self._runner.forward([ForwardInput(self._cache, part, keep=1)])
        self._computed = tokens
        assert logits is not None  # noqa: S101  at least one token was left to compute
        return logits[-1]
