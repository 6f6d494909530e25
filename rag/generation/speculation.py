"""Speculative decoding: guess the next tokens cheaply, let the model check all of them in one forward pass.

A guess is kept as far as the model would have chosen the same tokens, so the text is the one it would have written
alone (Leviathan et al. 2023). Prompt lookup (Saxena 2023) guesses that a run of tokens goes on as it did earlier in the
prompt: answers from documents repeat their sources. A smaller model of the same vocabulary can guess instead.
"""

from collections.abc import Sequence
from typing import Protocol

import torch

from rag.generation.forward import ForwardInput, ModelRunner
from rag.generation.kv_cache import KVCache

_LONGEST_RUN = 4
_SHORTEST_RUN = 2
_MOST, _LEAST = 15, 2
_MOST_DRAFTED = 4
_READ_ROWS = 256
_HINT = 3
"""What followed the last token alone is a weak guess; but so few rows cost next to nothing, unless others need them."""


class Drafter(Protocol):
    """Guesses how a sequence goes on. One per sequence: it may remember what it saw."""

    def propose(self, tokens: Sequence[int], limit: int) -> list[int]:
        """At most `limit` tokens that may follow `tokens`; none if there is nothing to go by."""

    def learn(self, proposed: int, accepted: int) -> None:
        """How much of the last guess was right."""


class PromptLookup:
    """Guesses that the last few tokens are followed by what followed them before.

    How many tokens it dares follows its luck: each row of a check costs time, refused ones for nothing.
    """

    def __init__(self) -> None:
        self._indexed = 0
        self._followers: dict[tuple[int, ...], int] = {}
        self._length = _MOST // 2
        self._is_hint = False

    def propose(self, tokens: Sequence[int], limit: int) -> list[int]:
        """What followed the latest earlier occurrence of the longest run that ends `tokens`."""
        self._index(tokens)
        self._is_hint = False
        for size in range(_LONGEST_RUN, _SHORTEST_RUN - 1, -1):
            start = self._followers.get(tuple(tokens[-size:]))
            if start is not None and len(tokens) >= size:
                return list(tokens[start : start + min(limit, self._length)])
        if (start := self._followers.get(tuple(tokens[-1:]))) is None or limit < 2 * _HINT:
            return []
        self._is_hint = True
        return list(tokens[start : start + _HINT])

    def learn(self, proposed: int, accepted: int) -> None:
        """Dare more after a guess that was all right, less after one that was mostly wrong."""
        if self._is_hint:
            return
        if proposed and accepted == proposed:
            self._length = min(_MOST, self._length + 2)
        elif accepted < proposed / 2:
            self._length = max(_LEAST, self._length - 1)

    def _index(self, tokens: Sequence[int]) -> None:
        """Remember what follows each run, up to the one that ends the text: nothing follows that yet."""
        for end in range(max(self._indexed, 1), len(tokens)):
            for size in range(1, _LONGEST_RUN + 1):
                if end >= size:
                    self._followers[tuple(tokens[end - size : end])] = end
        self._indexed = len(tokens)


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
        while len(draft) < min(limit, _MOST_DRAFTED):
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
            (logits,) = self._runner.forward([ForwardInput(self._cache, stretch, keep=1)])
        self._read = tokens
        assert logits is not None  # noqa: S101  one token at least was left to read
        return logits[-1]
