"""One sequence ends for a reason, which is that of its reader."""

from threading import Event

import pytest
import torch

from rag.generation.kv_cache import KVCache
from rag.generation.sequence import TokenSequence
from rag.types.decoding import Decoding
from tests.support.random_models import CPU, VOCABULARY

PROMPT = [1, 2, 3, 4, 5]
END = 90


def choose(sequence: TokenSequence, token: int) -> None:
    """Compute the next input, with logits in favour of a token."""
    item = sequence.next_input(100)
    item.cache.advance(len(item.tokens))
    logits = torch.zeros((item.keep, VOCABULARY))
    logits[0, token] = 9.0
    sequence.decode(logits)


@pytest.mark.parametrize(
    ("taken", "is_stopped", "reason"), [(0, True, "cancelled"), (1, True, "end"), (0, False, "end")]
)
def test_one_that_is_stopped_before_its_last_token_is_read_has_not_ended_for_its_reader(
    taken: int, is_stopped: bool, reason: str
) -> None:
    cancelled = Event()
    sequence = TokenSequence(PROMPT, Decoding(max_new_tokens=10), cancelled, {END}, None, CPU, None)
    sequence.start(KVCache(1))
    for token in (40, END):
        choose(sequence, token)
    for _ in range(taken):
        sequence.undelivered.popleft()
    if is_stopped:
        cancelled.set()
    sequence.leave()
    assert sequence.reason == reason
