"""Sampling: greedy, top-k, top-p, temperature, repetition penalty and seed choose the tokens they should."""

import pytest
import torch

from rag.generation.decoding.sampling import Sampler, with_opening
from rag.types.decoding import Decoding

LOGITS = torch.tensor([1.0, 3.0, 2.0, 2.9, -1.0])


def chosen(decoding: Decoding, times: int = 40) -> list[int]:
    sampler = Sampler(decoding, [0], torch.device("cpu"))
    return [sampler.next_token(LOGITS) for _ in range(times)]


def test_greedy_decoding_takes_the_likeliest_token() -> None:
    assert chosen(Decoding(), 3) == [1, 1, 1]


def test_top_k_and_top_p_restrict_what_is_sampled() -> None:
    assert set(chosen(Decoding(temperature=1.0, top_k=2, seed=1))) == {1, 3}
    assert set(chosen(Decoding(temperature=1.0, top_p=0.3, seed=1))) == {1}
    assert len(set(chosen(Decoding(temperature=3.0, seed=1)))) > 2


def test_the_same_seed_gives_the_same_tokens_and_another_seed_others() -> None:
    assert chosen(Decoding(temperature=1.0, seed=7)) == chosen(Decoding(temperature=1.0, seed=7))
    assert chosen(Decoding(temperature=1.0, seed=7)) != chosen(Decoding(temperature=1.0, seed=8))


def test_a_repetition_penalty_lowers_tokens_already_chosen() -> None:
    assert chosen(Decoding(repetition_penalty=2.0), 3) == [1, 3, 2]


def test_the_first_word_of_an_opening_takes_the_place_of_the_likeliest() -> None:
    assert with_opening(LOGITS, (4, 1, 2)).tolist() == pytest.approx([1.0, -1.0, 2.0, 2.9, 3.0])
    assert with_opening(LOGITS, (1, 4)).tolist() == LOGITS.tolist()
    assert with_opening(LOGITS, ()) is LOGITS
    assert with_opening(LOGITS[None], (4, 1)).shape == (1, 5)


def test_an_opening_changes_no_answer_that_begins_otherwise() -> None:
    assert int(with_opening(LOGITS, (4, 0)).argmax()) == 1
