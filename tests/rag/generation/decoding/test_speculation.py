"""Speculative decoding: what is drafted, and that no draft, right or wrong, changes an answer."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.generation.decoding.speculation import DraftModel, PromptLookup
from rag.generation.forward import ForwardInput, ModelRunner
from rag.types.decoding import Decoding
from tests.support.random_models import (
    VOCABULARY,
    WatchedRunner,
    logits_of,
    make_scheduler,
    random_model,
    submit,
    written,
)

PROMPT = list(range(60))


def followed_before(tokens: list[int], limit: int) -> list[int]:
    """Return what followed the latest earlier occurrence of the last four tokens, else three, else two.

    Of the last one alone, three tokens at most, and only where there is room for more.
    """
    for size in (4, 3, 2):
        for start in range(len(tokens) - size - 1, -1, -1):
            if tokens[start : start + size] == tokens[-size:]:
                return tokens[start + size :][:limit]
    for start in range(len(tokens) - 2, -1, -1) if limit >= 6 else ():
        if tokens[start] == tokens[-1]:
            return tokens[start + 1 :][:3]
    return []


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.integers(1, 12), st.data())
def test_the_draft_of_a_growing_sequence_is_what_followed_the_longest_n_gram_before(
    tokens: list[int], limit: int, data: st.DataObject
) -> None:
    growing, end = PromptLookup(), 0
    while end < len(tokens):
        end += data.draw(st.integers(1, len(tokens) - end))
        draft, expected = growing.propose(tokens[:end], limit), followed_before(tokens[:end], limit)
        assert draft == expected[: len(draft)]
        assert bool(draft) == bool(expected)


@pytest.fixture(scope="module")
def runner() -> WatchedRunner:
    return WatchedRunner(random_model())


def greedy(runner: ModelRunner, tokens: list[int], count: int) -> list[int]:
    out: list[int] = []
    for _ in range(count):
        (logits,) = logits_of(runner, ForwardInput(runner.new_cache(0), [*tokens, *out], keep=1))
        out.append(int(logits[0].argmax()))
    return out


def test_a_draft_model_drafts_what_it_would_write(runner: WatchedRunner) -> None:
    prompt = [3, 1, 4, 15, 9, 2, 6, 5]
    draft = DraftModel(runner).propose(prompt, 3)
    assert draft == greedy(runner, prompt, 3)


@settings(max_examples=25)
@given(st.data())
def test_a_draft_model_recovers_from_rejected_drafts(runner: WatchedRunner, data: st.DataObject) -> None:
    drafter = DraftModel(runner)
    tokens = data.draw(st.lists(st.integers(0, VOCABULARY - 1), min_size=1, max_size=20, unique=True))
    for _ in range(3):
        draft = drafter.propose(tokens, 4)
        assert draft == DraftModel(runner).propose(tokens, 4)
        right = data.draw(st.integers(0, len(draft)))
        drafter.learn(len(draft), right)
        tokens = [*tokens, *draft[:right], data.draw(st.integers(0, VOCABULARY - 1))]


class SpoiledDrafts:
    """A drafter that knows the answer and spoils a part of it."""

    def __init__(self, prompt: list[int], answer: list[int], spoiled: set[int]) -> None:
        self._known = [*prompt, *answer]
        self._spoiled = {len(prompt) + place for place in spoiled}
        self.learned: list[tuple[int, int]] = []

    def propose(self, tokens: Sequence[int], limit: int) -> list[int]:
        ahead = range(len(tokens), min(len(tokens) + min(limit, 7), len(self._known)))
        return [(self._known[at] + (at in self._spoiled)) % VOCABULARY for at in ahead]

    def learn(self, proposed: int, accepted: int) -> None:
        self.learned.append((proposed, accepted))


DECODINGS = {
    "greedy": Decoding(max_new_tokens=40),
    "sampled": Decoding(max_new_tokens=40, temperature=1.0, top_k=20, seed=5),
    "penalised": Decoding(max_new_tokens=40, repetition_penalty=1.3),
}


@pytest.mark.parametrize("decoding", DECODINGS.values(), ids=DECODINGS.keys())
@settings(max_examples=20)
@given(spoiled=st.sets(st.integers(0, 39), max_size=15))
def test_drafts_right_or_wrong_never_change_the_answer(
    runner: WatchedRunner, decoding: Decoding, spoiled: set[int]
) -> None:
    answer = written(make_scheduler(runner), PROMPT, decoding)
    drafts = SpoiledDrafts(PROMPT, answer, spoiled)
    runner.passes.clear()
    sequence, tokens = submit(make_scheduler(runner, new_drafter=lambda: drafts), PROMPT, decoding)
    assert list(tokens) == answer
    stats = sequence.stats()
    assert stats.drafted_tokens == sum(proposed for proposed, _ in drafts.learned)
    assert stats.accepted_tokens == sum(accepted for _, accepted in drafts.learned)
    assert stats.accepted_tokens + len(runner.passes) == len(answer)  # one pass per token, except for accepted drafts


def test_right_drafts_save_passes_and_an_end_token_in_them_ends_the_answer(runner: WatchedRunner) -> None:
    answer = written(make_scheduler(runner), PROMPT, 80)
    runner.passes.clear()
    drafts = SpoiledDrafts(PROMPT, answer, set())
    assert written(make_scheduler(runner, new_drafter=lambda: drafts), PROMPT, 80) == answer
    assert len(runner.passes) <= 1 + -(-79 // 8)
    end = next(token for token in answer[3:] if token not in answer[:3])
    scheduler = make_scheduler(runner, new_drafter=lambda: drafts, ends=[end])
    assert written(scheduler, PROMPT, 80) == answer[: answer.index(end)]
