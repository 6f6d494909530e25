"""Decoding, from logits to the next token: greedy, or sampled with temperature, top-k and top-p."""

from collections.abc import Sequence

import torch
from transformers import (
    LogitsProcessorList,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from rag.generation.decoding.loop_limit import LoopLimit
from rag.types.decoding import Decoding, Opening


class Sampler:
    """Choose the tokens of one sequence, greedily or by sampling; keeps them for the repetition penalty."""

    def __init__(self, decoding: Decoding, prompt: list[int], device: torch.device) -> None:
        self._processors = logits_processors(decoding, len(prompt))
        self._generator = None if decoding.deterministic else _seeded(decoding.seed, device)
        self._tokens = torch.tensor([prompt], device=device)

    def next_token(self, logits: torch.Tensor) -> int:
        """Return the next token, given logits of shape (vocabulary,), and keep it."""
        token = self.pick(logits)
        self.add(token)
        return token

    def pick(self, logits: torch.Tensor, back: int = 0) -> int:
        """Return a token that could be the next, as if the last `back` tokens had not been chosen."""
        tokens = self._tokens[:, : self._tokens.shape[1] - back]
        scores = self._processors(tokens, logits[None])
        if self._generator is None:
            return int(scores.argmax(dim=-1))
        return int(torch.multinomial(scores.softmax(dim=-1), 1, generator=self._generator))

    def add(self, token: int, back: int = 0) -> None:
        """Keep a token that was chosen in place of the last `back` ones."""
        if self._processors:
            kept = self._tokens[:, : self._tokens.shape[1] - back]
            self._tokens = torch.cat([kept, torch.tensor([[token]], device=kept.device)], dim=1)


def logits_processors(decoding: Decoding, prompt_tokens: int) -> LogitsProcessorList:
    """Return the logits processors in the customary order: repetition penalty, temperature, top-k, top-p.

    Loops of the tokens after a prompt of `prompt_tokens` are ended first: what is left is chosen from as usual.
    """
    processors = LogitsProcessorList()
    if decoding.max_repeats:
        processors.append(LoopLimit(prompt_tokens, decoding.max_repeats))
    if decoding.repetition_penalty != 1.0:
        processors.append(RepetitionPenaltyLogitsProcessor(decoding.repetition_penalty))
    if not decoding.deterministic:
        processors.append(TemperatureLogitsWarper(decoding.temperature))
        if decoding.top_k:
            processors.append(TopKLogitsWarper(decoding.top_k))
        if decoding.top_p < 1.0:
            processors.append(TopPLogitsWarper(decoding.top_p))
    return processors


def with_openings(logits: torch.Tensor, openings: Sequence[Opening]) -> torch.Tensor:
    """Return the logits of a first token, shape (…, vocabulary), with an answer's openings, one after the other.

    The likeliest of its tokens changes places with the one instead: the others are as likely as before.
    """
    for opening in openings:
        changed, wanted = logits.clone(), opening.instead
        if wanted is None:
            changed[..., [*opening.tokens]] = -torch.inf
        else:
            likeliest = max(opening.tokens, key=lambda token: float(logits[..., token]))
            changed[..., wanted], changed[..., likeliest] = logits[..., likeliest], logits[..., wanted]
        logits = changed
    return logits


def _seeded(seed: int | None, device: torch.device) -> torch.Generator:
    generator = torch.Generator(device=device)
    if seed is None:
        generator.seed()
    else:
        generator.manual_seed(seed)
    return generator
