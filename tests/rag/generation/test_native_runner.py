"""Models with caches of their own: the text of each sequence is transformers' own, whoever else is being answered."""

from threading import Event

import pytest
import torch

from benchmarks.model_families import own_text
from benchmarks.tiny_models import tiny_model
from rag.errors import QuestionError
from rag.generation.decoding.speculation import PromptLookup
from rag.generation.native_runner import NativeRunner
from rag.generation.scheduler import Scheduler
from tests.support.random_models import CPU, generated, make_scheduler, submit, written
from tests.support.values import present

PROMPT = torch.randint(7, 90, (40,), generator=torch.Generator().manual_seed(0)).tolist()
OTHER = torch.randint(7, 90, (25,), generator=torch.Generator().manual_seed(1)).tolist()


@pytest.fixture(scope="module")
def runner() -> NativeRunner:
    return NativeRunner(tiny_model("lfm2"), CPU)


def scheduler_of(runner: NativeRunner) -> Scheduler:
    return make_scheduler(runner, prefix_bytes=1_000_000, new_drafter=PromptLookup)


def test_a_neighbour_changes_nothing(runner: NativeRunner) -> None:
    scheduler = scheduler_of(runner)
    alone = written(scheduler, PROMPT, 12)
    _, reader = submit(scheduler, PROMPT, 12)
    beside = [next(reader)]
    neighbour = written(scheduler, OTHER, 12)
    assert [*beside, *reader] == alone
    assert neighbour == written(scheduler_of(runner), OTHER, 12)


def test_a_prompt_with_a_known_beginning_is_computed_anew(runner: NativeRunner) -> None:
    scheduler = scheduler_of(runner)
    written(scheduler, PROMPT, 4)
    sequence, reader = submit(scheduler, [*PROMPT, 9], 4)
    assert list(reader) == own_text(tiny_model("lfm2"), [*PROMPT, 9])[:4]
    assert (sequence.stats().reused_tokens, sequence.stats().drafted_tokens) == (0, 0)


def test_a_model_that_holds_one_state_answers_one_after_the_other() -> None:
    scheduler = scheduler_of(NativeRunner(tiny_model("recurrent_gemma"), CPU, max_sequences=1))
    first, reader = submit(scheduler, PROMPT, 6)
    beginning = next(reader)
    second, _ = submit(scheduler, OTHER, 6)
    text = [beginning, *reader]
    assert second.reason is None
    assert text == own_text(tiny_model("recurrent_gemma"), PROMPT)[:6]
    assert first.reason == "length"
    assert list(generated(scheduler, second)) == own_text(tiny_model("recurrent_gemma"), OTHER)[:6]


def test_beams_need_a_model_that_holds_several_texts(runner: NativeRunner) -> None:
    single = scheduler_of(NativeRunner(tiny_model("recurrent_gemma"), CPU, max_sequences=1))
    with pytest.raises(QuestionError, match="set 'beams' to 1"):
        single.prefill(PROMPT, 64, Event())
    assert present(scheduler_of(runner).prefill(PROMPT, 64, Event()))[0].length == len(PROMPT) - 1
