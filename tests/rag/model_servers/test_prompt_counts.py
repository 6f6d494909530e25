"""Counts of prompts with and without the server's tokenizer, and prompts that were cut."""

from collections.abc import Sequence

from rag.interfaces import Message
from rag.model_servers.prompt_counts import PromptCounts

FIRST: list[Message] = [{"role": "user", "content": "Reply with OK."}]
LONG: list[Message] = [{"role": "user", "content": "Dogs bark at night. " * 200}]
WORDS = 800


def by_words(messages: Sequence[Message]) -> int:
    return sum(len(message["content"].split()) + 5 for message in messages)


def test_the_servers_tokenizer_counts_exactly() -> None:
    counts = PromptCounts(by_words, FIRST, read=8)
    assert (counts.is_exact, counts.count(LONG)) == (True, WORDS + 5)


def test_a_tokenizer_that_counts_something_else_is_not_believed() -> None:
    counts = PromptCounts(by_words, FIRST, read=80)
    assert not counts.is_exact
    assert counts.count(LONG) > WORDS + 80


def test_while_the_tokenizer_is_away_more_is_counted_than_there_is() -> None:
    answers = {1: 0, 2: 0}
    counts = PromptCounts(lambda messages: answers.get(len(messages), 9), FIRST, read=0)
    assert counts.count(LONG) > WORDS


def test_without_a_tokenizer_a_prompt_that_had_more_tokens_teaches_to_count_more() -> None:
    counts = PromptCounts(None, FIRST, read=12)
    before = counts.count(LONG)
    counts.learn(LONG, before - 100)
    assert counts.count(LONG) == before
    counts.learn(LONG, before * 2)
    assert counts.count(LONG) >= before * 2


def test_a_prompt_of_which_fewer_tokens_were_read_than_it_has_words_was_cut() -> None:
    counts = PromptCounts(None, FIRST, read=12)
    assert [counts.is_cut(LONG, read) for read in (WORDS + 100, WORDS, WORDS // 2, 0)] == [False, False, True, False]
    exact = PromptCounts(by_words, FIRST, read=8)
    assert [exact.is_cut(LONG, read) for read in (WORDS, WORDS - 90, WORDS - 110)] == [False, False, True]
