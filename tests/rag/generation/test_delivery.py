"""What a model thinks is delivered by itself, within its own budget, and the answer always comes."""

from collections.abc import Generator, Iterator
from itertools import chain
from pathlib import Path
from threading import Event
from typing import Any, cast

import pytest

from rag.generation.chat_template import ChatTemplate
from rag.generation.delivery import Delivery
from rag.generation.generator import LocalGenerator
from rag.generation.scheduler import Scheduler
from rag.interfaces import TextDelta, ThoughtDelta
from rag.runtime.progress import CancelEvent
from rag.types import Certainty, GenerationStats, StopReason
from rag.types.decoding import Decoding
from tests.support.random_models import CHAT_TEMPLATE, save_model, word_tokenizer

OPENED = CHAT_TEMPLATE + "<think> {# </think> #}"
OWN = CHAT_TEMPLATE + "{# <think> </think> #}"
PARTS = ("<", "thin", "k>", "</", "<think>", "</think>")
MESSAGES = [{"role": "user", "content": "a b c d e f g h i j k l m n o p q r s t"}]


class Sequence:
    """A sequence that generates these tokens, each less likely than the one before."""

    def __init__(self, tokens: list[int], limit: int) -> None:
        self.tokens = tokens[:limit]
        self.reason: StopReason | None = "end" if len(tokens) <= limit else "length"

    def certainty(self, first: int = 0) -> Certainty:
        return Certainty(1.5, min((-0.5 * n for n in range(first, len(self.tokens))), default=0.0))

    def stats(self) -> GenerationStats:
        return GenerationStats(decode_s=1.0, reused_tokens=7)


class ScriptedScheduler:
    """Generates the next of its scripts for each prompt."""

    def __init__(self, tokenizer: Any, *scripts: str) -> None:
        self._ids = tokenizer.convert_tokens_to_ids
        self._scripts = [script.split() for script in scripts]
        self.asked: list[tuple[list[int], Decoding]] = []
        self.made: list[tuple[Sequence, object]] = []

    def submit(self, prompt: list[int], decoding: Decoding, cancelled: CancelEvent, *others: object) -> Sequence:
        self.asked.append((prompt, decoding))
        self._cancelled = cancelled
        words = self._scripts[len(self.asked) - 1]
        sequence = Sequence([self._ids(word) for word in words], decoding.max_new_tokens)
        self.made.append((sequence, others[-1]))
        return sequence

    def tokens(self, sequence: Sequence) -> Generator[int]:
        for token in sequence.tokens:
            if self._cancelled.is_set():
                sequence.reason = "cancelled"
                return
            yield token


Made = tuple[Delivery, ScriptedScheduler, ChatTemplate]


def make(template: str, *scripts: str, window: int = 4096) -> Made:
    tokenizer = word_tokenizer(*PARTS, template=template)
    tokenizer.add_tokens(["<think>", "</think>"])
    made = ChatTemplate(tokenizer, "x")
    scheduler = ScriptedScheduler(tokenizer, *scripts)
    return Delivery(cast(Scheduler, scheduler), made, made.end_tokens, window), scheduler, made


def parts(deltas: Iterator[TextDelta]) -> tuple[str, str, TextDelta]:
    """Return the thinking, the answer, and the last delta."""
    read = list(deltas)
    assert [delta.stop_reason for delta in read[:-1]] == [None] * (len(read) - 1)
    assert not any(delta.text for delta in read if isinstance(delta, ThoughtDelta))
    thoughts = "".join(delta.thought for delta in read if isinstance(delta, ThoughtDelta))
    return thoughts.strip(), "".join(delta.text for delta in read).strip(), read[-1]


def deliver(made: Made, **decoding: Any) -> tuple[str, str, TextDelta]:
    return parts(made[0].stream([1, 2], Decoding(**{"max_new_tokens": 8, "thinking_tokens": 6} | decoding), Event()))


def test_thinking_comes_apart_from_the_answer_and_does_not_count_as_its_tokens() -> None:
    made = make(OPENED, "a b </think> c d")
    thought, answer, last = deliver(made)
    assert (thought, answer, last.tokens, last.stop_reason) == ("a b", "c d", 2, "end")
    assert len(made[1].asked) == 1
    assert made[1].asked[0][1].max_new_tokens == 14


def test_the_least_likely_token_is_one_of_the_answer() -> None:
    *_, last = deliver(make(OPENED, "a b </think> c d"))
    assert last.certainty == Certainty(1.5, -2.0)
    *_, last = deliver(make(CHAT_TEMPLATE, "a b c"))
    assert last.certainty == Certainty(1.5, -1.0)


@pytest.mark.parametrize("script", ["<think> a </think> b", "<think> </think> b", "b"])
def test_a_model_that_opens_its_thinking_itself_may_also_leave_it_out(script: str) -> None:
    thought, answer, last = deliver(make(OWN, script))
    assert (thought, answer, last.tokens) == ("a" if "a" in script else "", "b", 1)


def test_a_budget_that_is_used_up_ends_the_thinking_and_the_answer_follows() -> None:
    made = make(OPENED, "a b c d e f g h", "i j")
    thought, answer, last = deliver(made)
    assert (thought, answer, last.stop_reason) == ("a b c d e f", "i j", "end")
    (_, first), (prompt, second) = made[1].asked
    assert (first.max_new_tokens, second.max_new_tokens) == (14, 8)
    assert made[2].decode(prompt[2:]) == "a b c d e f </think>"
    (thinking, nothing), (_, before) = made[1].made
    assert (nothing, before) == (None, thinking)
    assert last.stats == GenerationStats(decode_s=2.0, reused_tokens=7)
    assert last.certainty == Certainty(1.5, -0.5), "the probe read the question, before any thinking"


def test_a_model_that_ends_within_its_thinking_is_made_to_answer() -> None:
    made = make(OPENED, "a b", "c")
    thought, answer, last = deliver(made)
    assert (thought, answer, last.stop_reason) == ("a b", "c", "end")
    assert made[2].decode(made[1].asked[1][0][2:]) == "a b </think>"


def test_unexpected_thinking_takes_at_most_half_of_the_answers_tokens() -> None:
    made = make(CHAT_TEMPLATE, "<think> a b c d e f g", "h i j k l")
    assert made[0].reserved_tokens(Decoding(max_new_tokens=8)) == 8
    thought, answer, last = deliver(made)
    assert (thought, answer, last.stop_reason) == ("a b c", "h i j", "length")
    assert [decoding.max_new_tokens for _, decoding in made[1].asked] == [8, 3]


def test_stop_sequences_and_the_limit_are_for_the_answer_alone() -> None:
    thought, answer, last = deliver(make(OPENED, "a b c </think> d e b f"), stop=("b",))
    assert (thought, answer, last.stop_reason) == ("a b c", "d e", "stop")
    thought, answer, last = deliver(make(OPENED, "a </think> b c d e"), max_new_tokens=2)
    assert (thought, answer, last.stop_reason, last.tokens) == ("a", "b c", "length", 2)


def test_a_budget_of_none_leaves_the_thinking_out() -> None:
    made = make(OPENED, "a b")
    thought, answer, _ = deliver(made, thinking_tokens=0)
    assert (thought, answer) == ("", "a b")
    assert made[2].decode(made[1].asked[0][0][2:]) == "</think>"
    own = make(OWN, "a b")
    deliver(own, thinking_tokens=0)
    assert own[2].decode(own[1].asked[0][0][2:]) == "<think> </think>"


@pytest.mark.parametrize("template", [OPENED, OWN, CHAT_TEMPLATE])
@pytest.mark.parametrize("thinking", [0, 6])
def test_the_window_has_room_for_thinking_its_end_and_the_answer(template: str, thinking: int) -> None:
    made = make(template, " ".join(["a"] * 50), " ".join(["b"] * 50))
    decoding = Decoding(max_new_tokens=8, thinking_tokens=thinking)
    list(made[0].stream([1, 2], decoding, Event()))
    reach = max(len(prompt) + asked.max_new_tokens for prompt, asked in made[1].asked)
    assert reach - 2 <= made[0].reserved_tokens(decoding)


def test_cancelled_while_thinking_there_is_no_answer() -> None:
    delivery, scheduler, _ = make(OPENED, "a b c d e f g", "h")
    cancelled = Event()
    deltas = delivery.stream([1, 2], Decoding(max_new_tokens=8, thinking_tokens=6), cancelled)
    begun = [next(deltas), next(deltas)]
    cancelled.set()
    thought, answer, last = parts(iter(chain(begun, deltas)))
    assert (thought, answer, last.stop_reason, len(scheduler.asked)) == ("a", "", "cancelled", 1)


def test_a_real_model_that_never_closes_its_thinking_answers_after_its_budget_whether_searched_or_not(
    tmp_path: Path,
) -> None:
    tokenizer = word_tokenizer(template=OPENED)
    tokenizer.add_tokens(["<think>", "</think>"])
    tokenizer.save_pretrained(tmp_path)
    save_model(tmp_path, vocab_size=len(tokenizer), max_position_embeddings=700)
    generator = LocalGenerator(tmp_path, context_tokens=512)
    for beams in (1, 2):
        decoding = Decoding(max_new_tokens=6, thinking_tokens=20, beams=beams)
        thought, answer, last = parts(generator.stream(MESSAGES, decoding))
        assert len(thought.split()) > 5
        assert answer
        assert "</think>" not in thought + answer
        assert last.stop_reason in ("length", "end")
        assert last.stats is not None
        assert last.stats.decode_s > 0
        assert parts(generator.stream(MESSAGES, decoding))[:2] == (thought, answer)
