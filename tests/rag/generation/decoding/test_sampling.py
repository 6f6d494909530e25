"""Sampling: greedy, top-k, top-p, temperature, repetition penalty and seed choose the tokens they should."""

import pytest
import torch

from rag.generation.decoding.sampling import Sampler, with_openings
from rag.types.decoding import Decoding, Opening

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


def opening(*tokens: int, instead: int | None = None) -> Opening:
    return Opening(frozenset(tokens), instead)


def test_the_token_instead_takes_the_place_of_the_likeliest_of_an_opening() -> None:
    assert with_openings(LOGITS, [opening(4, 1, 2, instead=4)]).tolist() == pytest.approx([1.0, -1.0, 2.0, 2.9, 3.0])
    assert with_openings(LOGITS, [opening(1, 4, instead=1)]).tolist() == LOGITS.tolist()
    assert with_openings(LOGITS, ()) is LOGITS
    assert with_openings(LOGITS[None], [opening(4, 1, instead=4)]).shape == (1, 5)


def test_openings_in_two_languages_each_put_their_word_in_place_of_the_other() -> None:
    openings = [opening(1, 0, instead=0), opening(3, 4, instead=4)]
    assert with_openings(LOGITS, openings).tolist() == pytest.approx([3.0, 1.0, 2.0, -1.0, 2.9])


def test_without_one_instead_none_of_an_opening_is_chosen() -> None:
    assert int(with_openings(LOGITS, [opening(1, 3)]).argmax()) == 2
    assert with_openings(LOGITS[None], [opening(1, 3)]).argmax(-1).tolist() == [2]


def test_an_opening_changes_no_answer_that_begins_otherwise() -> None:
    assert int(with_openings(LOGITS, [opening(4, 0, instead=4)]).argmax()) == 1
