"""The stages of a search are counted, also those that fail."""

import pytest

from rag.runtime.stage_clock import StageClock


def test_the_times_of_a_stage_add_up_however_it_ends() -> None:
    clock = StageClock()
    with clock.stage("rerank"):
        pass
    once = clock.seconds["rerank"]
    with pytest.raises(ValueError, match="no"), clock.stage("rerank"):
        raise ValueError("no")
    assert clock.seconds["rerank"] > once > 0
    assert clock.seconds["prompt"] == 0
