"""Decoding by beam search: keep the likeliest continuations at every step and return the best (deterministic)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import torch
from transformers import LogitsProcessorList

from rag.generation.forward import ForwardInput
from rag.generation.kv_cache import KVCache
from rag.runtime.compute_thread import computing

Forward = Callable[[list[ForwardInput]], list[torch.Tensor]]


@dataclass(frozen=True, slots=True)
class BeamResult:
    """A continuation and the log probability of its least likely token."""

    tokens: list[int]
    least_log_prob: float


@dataclass(slots=True)
class _Beam:
    """A continuation: its tokens, log probability, that of its least likely token, and a cache of all but the last."""

    tokens: list[int]
    score: float
    least_log_prob: float
    cache: KVCache

    def mean(self) -> float:
        """Return the log probability per token, so that length is no disadvantage (length penalty 1)."""
        return self.score / max(1, len(self.tokens))


def beam_search(
    forward: Forward,
    cache: KVCache,
    prompt: list[int],
    *,
    beams: int,
    max_new_tokens: int,
    end_tokens: Collection[int],
    processors: LogitsProcessorList,
    is_cancelled: Callable[[], bool],
) -> BeamResult:
    """Return the best continuation of a prompt, end token included; `cache` holds all of the prompt but its last token.

    Stops when as many continuations have ended as there are beams, at the limit, or when cancelled (then with the best
    so far).
    """
    live = [_Beam([], 0.0, 0.0, cache)]
    ended: list[_Beam] = []
    for _ in range(max_new_tokens):
        if not live or is_cancelled() or len(ended) >= beams:
            break
        inputs = [ForwardInput(beam.cache, [beam.tokens[-1] if beam.tokens else prompt[-1]], keep=1) for beam in live]
        children = _expand(live, forward(inputs), prompt, processors, 2 * beams)
        ended += [beam for beam in children if beam.tokens[-1] in end_tokens]
        live = _with_own_caches([beam for beam in children if beam.tokens[-1] not in end_tokens][:beams])
    best = max(ended or live, key=_Beam.mean)
    return BeamResult(best.tokens, best.least_log_prob)


@computing
def _expand(
    live: list[_Beam], logits: list[torch.Tensor], prompt: list[int], processors: LogitsProcessorList, count: int
) -> list[_Beam]:
    """Return the likeliest `count` continuations by one token, best first; they still share their parents' caches."""
    scores = []
    for beam, row in zip(live, logits, strict=True):
        logprobs = row.log_softmax(dim=-1)
        seen = torch.tensor([[*prompt, *beam.tokens]], device=row.device)
        scores.append(beam.score + processors(seen, logprobs)[0])
    values, places = torch.cat(scores).topk(min(count, sum(map(len, scores))))
    vocabulary = scores[0].shape[0]
    children = []
    for value, place in zip(values.tolist(), places.tolist(), strict=True):
        parent = live[place // vocabulary]
        tokens = [*parent.tokens, place % vocabulary]
        children.append(_Beam(tokens, value, min(parent.least_log_prob, value - parent.score), parent.cache))
    return children


@computing
def _with_own_caches(beams: list[_Beam]) -> list[_Beam]:
    """Give beams of one parent a copy of its cache each; the first keeps the original."""
    taken: set[int] = set()
    for beam in beams:
        if id(beam.cache) in taken:
            beam.cache = beam.cache.copy(beam.cache.length, beam.cache.length)
        taken.add(id(beam.cache))
    return beams
