"""Beam search finds the likeliest continuation as a whole, and ends when it should."""

from collections.abc import Collection, Sequence

import pytest
import torch
from transformers import LogitsProcessorList

from rag.generation.decoding.beam_search import BeamResult, beam_search
from rag.generation.forward import ForwardInput, ModelRunner
from rag.types.decoding import Decoding, Opening
from tests.support.random_models import VOCABULARY, logits_of, make_scheduler, written

PROMPT = [5, 9, 2, 61, 33]


def search(
    runner: ModelRunner,
    beams: int,
    length: int,
    ends: Collection[int] = (),
    steps_until_cancelled: int = 1000,
    openings: Sequence[Opening] = (),
) -> BeamResult:
    cache = runner.new_cache(0)
    logits_of(runner, ForwardInput(cache, PROMPT[:-1], keep=0))
    left = iter(range(steps_until_cancelled))
    return beam_search(
        lambda inputs: logits_of(runner, *inputs),
        cache,
        PROMPT,
        beams=beams,
        max_new_tokens=length,
        end_tokens=ends,
        processors=LogitsProcessorList(),
        is_cancelled=lambda: next(left, None) is None,
        openings=openings,
    )


def logprobs_after(runner: ModelRunner, tokens: list[int]) -> torch.Tensor:
    (logits,) = logits_of(runner, ForwardInput(runner.new_cache(0), [*PROMPT, *tokens], keep=1))
    return logits[0].log_softmax(dim=-1)


def test_the_log_probability_of_the_least_likely_token_is_returned(runner: ModelRunner) -> None:
    best = search(runner, 3, 6)
    each = [float(logprobs_after(runner, best.tokens[:at])[token]) for at, token in enumerate(best.tokens)]
    assert best.least_log_prob == pytest.approx(min(each), abs=1e-4)


def test_one_beam_is_greedy(runner: ModelRunner) -> None:
    assert search(runner, 1, 12).tokens == written(make_scheduler(runner), PROMPT, 12)


def test_an_opening_takes_the_place_of_the_token_that_would_begin(runner: ModelRunner) -> None:
    likeliest, last = (int(logprobs_after(runner, []).argsort()[at]) for at in (-1, 0))
    assert written(make_scheduler(runner), PROMPT, 4)[0] == likeliest
    openings = (Opening(frozenset((last, likeliest)), last),)
    opened = Decoding(max_new_tokens=4, openings=openings)
    assert written(make_scheduler(runner), PROMPT, opened) == search(runner, 1, 4, openings=openings).tokens
    assert written(make_scheduler(runner), PROMPT, opened)[0] == last


def test_with_a_beam_for_every_token_the_best_of_all_pairs_is_found(runner: ModelRunner) -> None:
    first = logprobs_after(runner, [])
    both = torch.stack([first[token] + logprobs_after(runner, [token]) for token in range(VOCABULARY)])
    best = int(both.argmax())
    assert search(runner, VOCABULARY, 2).tokens == [best // VOCABULARY, best % VOCABULARY]


def test_it_ends_with_an_end_token_and_has_no_other(runner: ModelRunner) -> None:
    ends = set(range(0, VOCABULARY, 9))
    found = search(runner, 4, 30, ends).tokens
    assert len(found) < 30
    assert found[-1] in ends
    assert not ends & set(found[:-1])


def test_a_cancelled_search_gives_the_best_so_far(runner: ModelRunner) -> None:
    assert len(search(runner, 3, 30, steps_until_cancelled=4).tokens) == 4
    assert search(runner, 3, 30, steps_until_cancelled=0).tokens == []
