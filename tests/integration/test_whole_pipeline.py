"""The whole pipeline with the tiny model: batching, drafts and reused prefixes do not change the text."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.generation.generator import LocalGenerator
from rag.interfaces import Message, TextDelta
from rag.models.kernels.checkpoint import best_format
from rag.models.resolve import resolve_model
from rag.types.decoding import Decoding
from tests.support.paths import MODELS
from tests.support.values import text_of

pytestmark = pytest.mark.model

OWL = "The owl of the northern forest sleeps by day and hunts small mice by night. It has large round eyes. "
QUESTIONS = (
    "Name three animals.",
    f"Repeat this text exactly, twice: {OWL}{OWL}",
    f"{OWL * 15}\n\nIn one sentence: what is this text about, and where does it take place?",
    "Write a short poem about rain.",
    "Repeat after me: 日本語 🦉 日本語 🦉 日本語 🦉 日本語 🦉",
)
GREEDY = Decoding(max_new_tokens=24)
SAMPLED = Decoding(max_new_tokens=16, temperature=1.0, top_p=0.95, seed=7)
DECODINGS = (GREEDY, GREEDY, GREEDY, SAMPLED, GREEDY)


def asking(question: str) -> list[Message]:
    return [{"role": "system", "content": "You are helpful."}, {"role": "user", "content": question}]


@pytest.fixture(scope="module")
def folder() -> Path:
    return resolve_model("tiny", "generator", MODELS, weights=best_format())


@pytest.fixture(scope="module")
def plain(folder: Path) -> LocalGenerator:
    """The same model for one sequence, without a prefix cache or drafts."""
    return LocalGenerator(folder, context_tokens=2048, slots=1, queue=0, prefix_cache_mb=0, speculate=False)


@pytest.fixture(scope="module")
def alone(plain: LocalGenerator) -> list[str]:
    """The answer to each question alone, without a prefix cache or drafts; one of them is sampled."""
    asked = zip(QUESTIONS, DECODINGS, strict=True)
    return [text_of(plain.stream(asking(question), decoding)) for question, decoding in asked]


def test_answers_that_join_one_after_the_other_are_the_same_as_alone(tiny: LocalGenerator, alone: list[str]) -> None:
    texts = [""] * len(QUESTIONS)
    running: list[tuple[int, Iterator[TextDelta]]] = []
    for number, (question, decoding) in enumerate(zip(QUESTIONS, DECODINGS, strict=True)):
        running.append((number, tiny.stream(asking(question), decoding)))
        for _ in range(3):
            for who, deltas in running:
                texts[who] += next(deltas, TextDelta("", 0)).text
    for who, deltas in running:
        texts[who] += text_of(deltas)
    assert texts == alone


def test_accepted_prompt_lookup_drafts_do_not_change_the_text(tiny: LocalGenerator, alone: list[str]) -> None:
    deltas = list(tiny.stream(asking(QUESTIONS[1]), GREEDY))
    assert text_of(iter(deltas)) == alone[1]
    stats = deltas[-1].stats
    assert stats is not None
    assert stats.drafted_tokens >= stats.accepted_tokens > 5


def test_a_draft_model_does_not_change_the_text(folder: Path, alone: list[str]) -> None:
    generator = LocalGenerator(folder, context_tokens=2048, draft_folder=folder)
    deltas = list(generator.stream(asking(QUESTIONS[0]), GREEDY))
    assert text_of(iter(deltas)) == alone[0]
    stats = deltas[-1].stats
    assert stats is not None
    assert stats.accepted_tokens > 5  # the prompt has nothing to draft from


def test_a_follow_up_computes_only_its_new_tokens_and_gives_the_same_text(
    tiny: LocalGenerator, plain: LocalGenerator
) -> None:
    conversation = asking(QUESTIONS[2])
    first = text_of(tiny.stream(conversation, GREEDY))
    follow_up: list[Message] = [
        *conversation,
        {"role": "assistant", "content": first},
        {"role": "user", "content": "And what does it eat?"},
    ]
    with_prefix_cache, without = (list(one.stream(follow_up, GREEDY)) for one in (tiny, plain))
    assert text_of(iter(with_prefix_cache)) == text_of(iter(without))
    reused, read = with_prefix_cache[-1].stats, without[-1].stats
    assert reused is not None
    assert read is not None
    assert reused.reused_tokens >= tiny.count_tokens(conversation)
    assert read.reused_tokens == 0
    assert 0 < reused.prefill_s < read.prefill_s
    assert reused.decode_s > 0


def answered(generator: LocalGenerator, messages: list[Message]) -> tuple[str, int]:
    """Return the answer and the number of tokens that were not computed."""
    deltas = list(generator.stream(messages, GREEDY))
    assert deltas[-1].stats
    return text_of(iter(deltas)), deltas[-1].stats.reused_tokens


def test_what_was_removed_from_the_library_is_not_kept(folder: Path) -> None:
    removals = [7]
    generator = LocalGenerator(folder, context_tokens=2048, last_removal=lambda: removals[-1])
    text, _ = answered(generator, asking(OWL + QUESTIONS[0]))
    assert answered(generator, asking(OWL + QUESTIONS[0]))[1] > 0
    removals.append(8)
    assert answered(generator, asking(OWL + QUESTIONS[0])) == (text, 0)
    assert answered(generator, asking(OWL + QUESTIONS[0]))[1] > 0
