"""Decoding: end a loop before it fills an answer, by not choosing the token that would go round once more.

A small model that is decoded greedily may repeat one line, or one dash, until its answer is full. A repetition penalty,
or one for repeated sequences (the DRY sampler of llama.cpp), also weighs on what is rightly said twice, such as a quote
or a name; this looks only at pieces that follow themselves.
"""

from collections.abc import Sequence
from math import ceil

import torch

_MAX_UNIT = 24
"""Tokens of the longest piece that is looked for."""

_MIN_TOKENS = 8
"""Tokens of the shortest loop: cells of a table, dots and digits repeat now and then."""


class LoopLimit:
    """A logits processor that allows a piece of the answer to follow itself until it stands there `copies` times.

    Args:
        prompt_tokens: length of the prompt, which does not count.
        copies: at least 2; pieces of few tokens may have more copies, up to eight tokens in all.
    """

    def __init__(self, prompt_tokens: int, copies: int) -> None:
        self._prompt_tokens = prompt_tokens
        self._copies = copies

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Return scores of shape (sequences, vocabulary) with which no loop of `input_ids` goes on."""
        reach = _MAX_UNIT * max(self._copies, _MIN_TOKENS)
        start = max(self._prompt_tokens, input_ids.shape[1] - reach)
        for row, tokens in enumerate(input_ids[:, start:].tolist()):
            if banned := looping(tokens, self._copies):
                scores = scores.clone()
                scores[row, sorted(banned)] = -torch.inf
        return scores


def looping(tokens: Sequence[int], copies: int) -> set[int]:
    """Return the tokens that would go on with a loop at the end of these."""
    banned: set[int] = set()
    for unit in range(1, min(_MAX_UNIT, len(tokens) // copies) + 1):
        length = unit * max(copies, ceil(_MIN_TOKENS / unit))
        loop = tokens[-length:]
        if len(loop) == length and loop[unit:] == loop[:-unit]:
            banned.add(loop[0])
    return banned
