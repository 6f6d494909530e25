"""Decoding, from logits to the next token: greedy, or sampled with temperature, top-k and top-p."""

import torch
from transformers import (
    LogitsProcessorList,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

from rag.types.decoding import Decoding


class Sampler:
    """Choose the tokens of one sequence, greedily or by sampling; keeps them for the repetition penalty."""

    def __init__(self, decoding: Decoding, prompt: list[int], device: torch.device) -> None:
        self._processors = logits_processors(decoding)
        self._generator = None if decoding.deterministic else _seeded(decoding.seed, device)
        self._tokens = torch.tensor([prompt], device=device)

    def next_token(self, logits: torch.Tensor) -> int:
        """Return the next token, given logits of shape (vocabulary,)."""
        scores = self._processors(self._tokens, logits[None])
        if self._generator is None:
            token = scores.argmax(dim=-1, keepdim=True)
        else:
            token = torch.multinomial(scores.softmax(dim=-1), 1, generator=self._generator)
        if self._processors:
            self._tokens = torch.cat([self._tokens, token], dim=1)
        return int(token)


def logits_processors(decoding: Decoding) -> LogitsProcessorList:
    """Return the logits processors in the customary order: repetition penalty, temperature, top-k, top-p."""
    processors = LogitsProcessorList()
    if decoding.repetition_penalty != 1.0:
        processors.append(RepetitionPenaltyLogitsProcessor(decoding.repetition_penalty))
    if not decoding.deterministic:
        processors.append(TemperatureLogitsWarper(decoding.temperature))
        if decoding.top_k:
            processors.append(TopKLogitsWarper(decoding.top_k))
        if decoding.top_p < 1.0:
            processors.append(TopPLogitsWarper(decoding.top_p))
    return processors


def _seeded(seed: int | None, device: torch.device) -> torch.Generator:
    generator = torch.Generator(device=device)
    if seed is None:
        generator.seed()
    else:
        generator.manual_seed(seed)
    return generator
