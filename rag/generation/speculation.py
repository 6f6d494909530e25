"""Speculative decoding: guess the next tokens cheaply, let the model check all of them in one forward pass.

A guess is kept as far as the model would have chosen the same tokens, so the text is the one it would have written
alone (Leviathan et al. 2023). Prompt lookup (Saxena 2023) guesses that a run of tokens goes on as it did earlier in the
prompt: answers from documents repeat their sources. A smaller model of the same vocabulary can guess instead.
"""

from collections.abc import Sequence
from typing import Protocol

_LONGEST_RUN = 4
_SHORTEST_RUN = 2
_MOST, _LEAST = 15, 2
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
