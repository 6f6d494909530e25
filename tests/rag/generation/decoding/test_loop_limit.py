"""Loops of generated tokens end; what repeats itself now and then, or in the prompt, may go on."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from rag.generation.decoding.loop_limit import LoopLimit, looping
from rag.generation.decoding.sampling import Sampler
from rag.types.decoding import Decoding

UNIT = [1, 2, 3]


def test_the_token_that_would_go_round_once_more_is_not_chosen() -> None:
    assert looping([9, *UNIT * 3], 3) == {1}
    assert looping([9, *UNIT * 3, 1], 3) == {2}


def test_the_prompt_does_not_count() -> None:
    tokens = torch.tensor([[7] * 8])
    scores = torch.zeros(1, 10)
    assert LoopLimit(8, 3)(tokens, scores).isfinite().all()
    assert LoopLimit(0, 3)(tokens, scores)[0].isinf().nonzero().flatten().tolist() == [7]
    assert scores.isfinite().all()


def test_a_sampler_with_a_limit_chooses_the_next_best_where_a_loop_would_go_on() -> None:
    logits = torch.tensor([1.0, 3.0, 2.0])
    sampler = Sampler(Decoding(max_repeats=3), [0], torch.device("cpu"))
    assert [sampler.next_token(logits) for _ in range(10)] == [1] * 8 + [2, 1]


@given(st.lists(st.integers(0, 2), max_size=60), st.integers(2, 5))
def test_no_text_written_under_the_limit_has_a_long_loop(wanted: list[int], copies: int) -> None:
    written: list[int] = []
    for token in wanted:
        banned = looping(written, copies)
        written.append(next(each for each in (token, 3, 4, 5) if each not in banned))
    for unit in range(1, 5):
        length = unit * max(copies, -(-8 // unit)) + 1
        for at in range(len(written) - length + 1):
            piece = written[at : at + length]
            assert piece[unit:] != piece[:-unit]
