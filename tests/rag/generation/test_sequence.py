"""One sequence: prefill in parts, decode with accepted and rejected drafts, and an end for a reason."""

from collections.abc import Sequence
from threading import Event

import pytest
import torch

from rag.generation.answerability_probe import Probe
from rag.generation.decoding.speculation import Drafter
from rag.generation.kv_cache import KVCache
from rag.generation.sequence import TokenSequence
from rag.runtime.progress import CancelEvent
from rag.types.decoding import Decoding
from tests.support.random_models import CPU, VOCABULARY

PROMPT = [1, 2, 3, 4, 5]
END = 90


class FixedDrafter:
    """Always drafts the same tokens."""

    def __init__(self, *tokens: int) -> None:
        self._tokens = list(tokens)
        self.learned: list[tuple[int, int]] = []

    def propose(self, tokens: Sequence[int], limit: int) -> list[int]:
        return self._tokens[:limit]

    def learn(self, proposed: int, accepted: int) -> None:
        self.learned.append((proposed, accepted))


def started(
    drafter: Drafter | None = None,
    max_new_tokens: int = 10,
    probe: Probe | None = None,
    cancelled: CancelEvent | None = None,
) -> TokenSequence:
    decoding = Decoding(max_new_tokens=max_new_tokens)
    sequence = TokenSequence(PROMPT, decoding, cancelled or Event(), {END}, drafter, CPU, probe)
    sequence.start(KVCache(1))
    return sequence


def step(sequence: TokenSequence, *chosen: int, rows: int = 100) -> list[int]:
    """Compute the next input, its logits in favour of the chosen tokens; returns what was computed."""
    item = sequence.next_input(rows)
    item.cache.advance(len(item.tokens))
    logits = torch.zeros((item.keep, VOCABULARY))
    for row, token in enumerate(chosen):
        logits[row, token] = 9.0
    sequence.decode(logits)
    return list(item.tokens)


def test_a_draft_is_accepted_up_to_the_first_wrong_token() -> None:
    drafter = FixedDrafter(50, 51, 52)
    sequence = started(drafter)
    step(sequence, 40)
    assert step(sequence, 50, 51, 60) == [40, 50, 51, 52]
    assert sequence.tokens == [*PROMPT, 40, 50, 51, 60]
    assert sequence.cache.length == len(PROMPT) + 3  # the rejected draft is cropped; the new token is not computed yet
    assert drafter.learned == [(3, 2)]
    stats = sequence.stats()
    assert (stats.drafted_tokens, stats.accepted_tokens) == (3, 2)


def test_the_limit_ends_the_sequence_and_shortens_drafts() -> None:
    sequence = started(FixedDrafter(50, 51, 52), max_new_tokens=3)
    step(sequence, 40)
    assert step(sequence, 50, 51) == [40, 50]
    assert sequence.reason == "length"
    assert sequence.capacity == len(sequence.tokens) == len(PROMPT) + 3


@pytest.mark.parametrize(
    ("taken", "is_stopped", "reason"), [(0, True, "cancelled"), (1, True, "end"), (0, False, "end")]
)
def test_one_that_is_stopped_before_its_last_token_is_read_has_not_ended_for_its_reader(
    taken: int, is_stopped: bool, reason: str
) -> None:
    cancelled = Event()
    sequence = started(cancelled=cancelled)
    step(sequence, 40)
    step(sequence, END)
    for _ in range(taken):
        sequence.undelivered.popleft()
    if is_stopped:
        cancelled.set()
    sequence.leave()
    assert sequence.reason == reason
