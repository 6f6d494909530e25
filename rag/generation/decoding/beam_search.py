"""Decoding by beam search: keep the likeliest continuations at every step and return the best (deterministic)."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import torch
from transformers import LogitsProcessorList

from rag.generation.decoding.sampling import with_openings
from rag.generation.decoding.token_mask import MaskRules, MaskState
from rag.generation.forward import ForwardInput
from rag.generation.kv_cache import KVCache
from rag.runtime.compute_thread import computing
from rag.types.decoding import Opening

_MAX_ROUNDS = 200
"""Times that the likeliest continuations are looked for again, without those that the mask forbids."""

Forward = Callable[[list[ForwardInput]], list[torch.Tensor]]


@dataclass(frozen=True, slots=True)
class BeamResult:
    """A continuation and the log probability of its least likely token."""

    tokens: list[int]
    least_log_prob: float


@dataclass(slots=True)
class _Beam:
    """A continuation: its tokens, log probability, that of its least likely token, a cache and the mask's state."""

    tokens: list[int]
    score: float
    least_log_prob: float
    cache: KVCache
    state: MaskState

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
    rules: MaskRules | None = None,
    openings: Sequence[Opening] = (),
) -> BeamResult:
    """Return the best continuation of a prompt, end token included; `cache` holds all of the prompt but its last token.

    Stops when as many continuations have ended as there are beams, at the limit, or when cancelled (then with the best
    so far). With `rules`, a beam that goes on with a wrong figure or name is none: the others take its place. The first
    token is chosen by `openings`.
    """
    live = [_Beam([], 0.0, 0.0, cache, MaskState())]
    ended: list[_Beam] = []
    for _ in range(max_new_tokens):
        if not live or is_cancelled() or len(ended) >= beams:
            break
        inputs = [ForwardInput(beam.cache, [beam.tokens[-1] if beam.tokens else prompt[-1]], keep=1) for beam in live]
        logits = forward(inputs)
        if not live[0].tokens:  # the prompt alone
            logits = [with_openings(row, openings) for row in logits]
        children = _expand(live, logits, prompt, processors, 2 * beams, rules)
        ended += [beam for beam in children if beam.tokens[-1] in end_tokens]
        live = _with_own_caches([beam for beam in children if beam.tokens[-1] not in end_tokens][:beams])
    best = max(ended or live, key=_Beam.mean)
    return BeamResult(best.tokens, best.least_log_prob)


@computing
def _expand(
    live: list[_Beam],
    logits: list[torch.Tensor],
    prompt: list[int],
    processors: LogitsProcessorList,
    count: int,
    rules: MaskRules | None,
) -> list[_Beam]:
    """Return the likeliest `count` continuations by one token, best first; they still share their parents' caches."""
    rows = []
    for beam, row in zip(live, logits, strict=True):
        logprobs = row.log_softmax(dim=-1)
        seen = torch.tensor([[*prompt, *beam.tokens]], device=row.device)
        rows.append(beam.score + processors(seen, logprobs)[0])
    children = []
    for place, value, state in _likeliest(rows, [beam.state for beam in live], count, rules):
        parent = live[place // len(rows[0])]
        tokens = [*parent.tokens, place % len(rows[0])]
        least = min(parent.least_log_prob, value - parent.score)
        children.append(_Beam(tokens, value, least, parent.cache, state))
    return children


def _likeliest(
    rows: list[torch.Tensor], states: list[MaskState], count: int, rules: MaskRules | None
) -> list[tuple[int, float, MaskState]]:
    """Return the best places in the rows of scores, one after the other, with their scores and the states there."""
    scores = torch.cat(rows)
    count = min(count, len(scores))
    if rules:
        for ends_beams in (True, False):  # if all beams would end, the figure or name goes on as one that is allowed
            if found := _allowed(scores.clone(), len(rows[0]), states, count, rules, ends_beams=ends_beams):
                return found
    values, places = scores.topk(count)
    return [(place, value, MaskState()) for place, value in zip(places.tolist(), values.tolist(), strict=True)]


def _allowed(
    scores: torch.Tensor, size: int, states: list[MaskState], count: int, rules: MaskRules, *, ends_beams: bool
) -> list[tuple[int, float, MaskState]]:
    """Return what `_likeliest` does, as far as it is allowed; a wrong figure or name may end its whole beam."""
    for _ in range(_MAX_ROUNDS):
        values, places = scores.topk(count)
        best = [
            (place, value) for place, value in zip(places.tolist(), values.tolist(), strict=True) if value > -math.inf
        ]
        found = [(place, value, rules.after(states[place // size], place % size)) for place, value in best]
        wrong = [place for place, _, after in found if isinstance(after, str)]
        if not wrong:
            return [(place, value, after) for place, value, after in found if not isinstance(after, str)]
        for place in wrong:
            row = place // size
            if ends_beams and states[row].written.in_unit:
                scores[row * size : (row + 1) * size] = -torch.inf
            scores[place] = -torch.inf
    return []


@computing
def _with_own_caches(beams: list[_Beam]) -> list[_Beam]:
    """Give beams of one parent a copy of its cache each; the first keeps the original."""
    taken: set[int] = set()
    for beam in beams:
        if id(beam.cache) in taken:
            beam.cache = beam.cache.copy(beam.cache.length, beam.cache.length)
        taken.add(id(beam.cache))
    return beams
