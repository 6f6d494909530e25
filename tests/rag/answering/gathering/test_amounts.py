"""How much is read for a plan."""

from rag.answering.gathering.amounts import LEAST_TOKENS, in_time, reading_for
from rag.types import Plan


def test_a_machine_that_reads_everything_in_time_reads_everything() -> None:
    for plan in (Plan(kind="list"), Plan(kind="summary")):
        assert in_time(reading_for(plan), 1000.0, 8.0) == reading_for(plan)


def test_a_slower_machine_reads_what_it_can_and_waits_longer_for_lists_and_summaries() -> None:
    limits = [in_time(reading_for(Plan(kind=kind)), 50.0, 8.0).limit for kind in ("fact", "list", "summary")]
    assert limits == [400, 1000, 3000]
    assert in_time(reading_for(Plan(kind="list")), 50.0, 8.0).tokens == 1000


def test_a_few_sentences_are_read_however_slow_the_machine_is() -> None:
    assert in_time(reading_for(Plan()), 0.5, 8.0).limit == LEAST_TOKENS
