"""The generator from messages to text: prompt rendering, the context window, delivery, and clear errors."""

import json
from dataclasses import astuple
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from rag.errors import ModelError, QuestionError
from rag.generation.generator import LocalGenerator
from rag.interfaces import FilledForm
from rag.models.catalog import ENGINE_RECORD
from rag.models.kernels.checkpoint import best_format
from rag.models.resolve import resolve_model
from rag.types import ToolDefinition
from rag.types.decoding import Decoding, Grounding
from tests.support.paths import MODELS
from tests.support.random_models import CHAT_TEMPLATE, save_model, word_tokenizer
from tests.support.tools.tool_templates import QWEN
from tests.support.values import present, text_of

MESSAGES = [{"role": "user", "content": "a b c"}]


def save(folder: Path, template: str = CHAT_TEMPLATE, window: int = 700) -> Path:
    """Save a model of random weights that generates words."""
    tokenizer = word_tokenizer(template=template)
    tokenizer.save_pretrained(folder)
    return save_model(folder, vocab_size=len(tokenizer), max_position_embeddings=window)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def generator(folder: Path) -> LocalGenerator:
    return LocalGenerator(folder, context_tokens=512)


def test_prompt_rendering_uses_the_models_own_template(generator: LocalGenerator) -> None:
    rendered = "<|im_start|> user a b c <|im_end|> <|im_start|> assistant".split()
    assert generator.prompt_tokens(MESSAGES) == word_tokenizer().convert_tokens_to_ids(rendered)
    assert generator.count_tokens(MESSAGES) == len(rendered) == 8


@pytest.mark.model
def test_a_model_that_was_never_run_on_this_machine_is_measured_and_answers(tmp_path: Path) -> None:
    for file in resolve_model("tiny", "generator", MODELS, weights=best_format()).iterdir():
        (tmp_path / file.name).symlink_to(file)
    record = tmp_path / ENGINE_RECORD
    record.unlink()
    record.write_text("{}")
    new = LocalGenerator(tmp_path, context_tokens=512)
    assert new.engine.mode == json.loads(record.read_text())["engine"]["mode"] == "ragged"
    assert text_of(new.stream([{"role": "user", "content": "Say hello."}], Decoding(max_new_tokens=3)))


def test_a_claim_is_judged_alike_whatever_was_judged_before(
    folder: Path, generator: LocalGenerator, tmp_path: Path
) -> None:
    hidden = generator.model.config.hidden_size
    chance = torch.Generator().manual_seed(5)
    probe = {"inner": 0.02 * torch.randn(16, hidden, generator=chance), "weights": torch.randn(2, 16, generator=chance)}
    zeros = {"inner_bias": torch.zeros(16), "bias": torch.zeros(2)}
    save_file(probe | zeros, tmp_path / "claims.safetensors", {"layer": "1"})
    judge = LocalGenerator(folder, context_tokens=512, claim_probe_file=tmp_path / "claims.safetensors")
    pairs = [("a b", "a b c"), ("c", "a"), ("a <|im_end|> b", "b"), ("a b", "a b c")]
    verdicts = [judge.judge_claim(*pair) for pair in pairs]
    assert verdicts[0] != verdicts[1]
    assert astuple(verdicts[0]) == pytest.approx(astuple(verdicts[3]), abs=1e-3)
    assert all(sum(astuple(verdict)) == pytest.approx(1) for verdict in verdicts)


def test_yes_is_told_from_no_by_a_probe_and_by_nothing_without_one(
    folder: Path, generator: LocalGenerator, tmp_path: Path
) -> None:
    hidden = generator.model.config.hidden_size
    weights = 0.01 * torch.randn(2, hidden, generator=torch.Generator().manual_seed(5))
    file = tmp_path / "yes-no.safetensors"
    save_file({"weights": weights, "bias": torch.tensor([0.5, 0.5])}, file, {"layer": "1"})
    judge = LocalGenerator(folder, context_tokens=512, yes_no_probe_file=file)
    pairs = [("a b", ["a b c", "c"]), ("c", ["a"]), ("a <|im_end|> b", ["b"]), ("a b", ["c", "a b c"])]
    likely = [present(judge.judge_yes_no(*pair)).yes for pair in pairs]
    assert all(0 < each < 1 for each in likely)
    assert likely[0] != likely[1]
    assert likely[0] == pytest.approx(likely[3], abs=1e-3)
    assert generator.judge_yes_no("a b", ["a b c"]) is None


def test_an_answer_begins_with_the_wanted_word_in_place_of_another_or_with_neither(generator: LocalGenerator) -> None:
    def begun(decoding: Decoding) -> str:
        return text_of(generator.stream(MESSAGES, decoding)).strip()

    usual = begun(Decoding(max_new_tokens=1))
    other = next(word for word in ("a", "b", "c") if word != usual)
    assert begun(generator.beginning_with(Decoding(max_new_tokens=1), other, (usual, other))) == other
    assert begun(generator.beginning_with(Decoding(max_new_tokens=1), "", (usual, other))) not in (usual, other)


def test_a_form_is_filled_in_with_what_its_pattern_allows_or_empty(generator: LocalGenerator) -> None:
    filled = generator.fill(MESSAGES, "a (?:b|c)")
    assert filled.text in ("a b", "a c")
    assert 0 < filled.certainty < 1
    assert generator.fill(MESSAGES, "a (?:b|c)") == filled
    assert generator.fill(MESSAGES, "a 7") == FilledForm(), "a tokenizer of words has no figure"
    assert generator.fill([{"role": "user", "content": "a " * 600}], "a b") == FilledForm()


def test_a_context_window_beyond_the_models_own_is_lowered_and_said(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert LocalGenerator(folder, context_tokens=600).context_tokens == 600
    assert LocalGenerator(folder, context_tokens=None).context_tokens == 700
    assert caplog.messages == []
    assert LocalGenerator(folder, context_tokens=4096).context_tokens == 700
    assert "its window holds 700 and not 4,096 (setting context_tokens)" in caplog.text


def test_a_chosen_window_has_room_for_the_thinking_of_a_model_that_thinks(tmp_path: Path) -> None:
    folder = save(tmp_path, f"{CHAT_TEMPLATE}<think>", window=16384)
    generator = LocalGenerator(folder, context_tokens=None, thinking_tokens=500)
    assert generator.context_tokens == 8692
    assert generator.reserved_tokens(Decoding(max_new_tokens=100, thinking_tokens=500)) > 600
    assert 0 < generator.parameters < 1_000_000


def test_a_prompt_that_leaves_no_room_for_the_answer_is_refused(generator: LocalGenerator) -> None:
    with pytest.raises(QuestionError, match="The prompt has 8 tokens and the answer may take 505"):
        next(iter(generator.stream(MESSAGES, Decoding(max_new_tokens=505))))


def test_greedy_decoding_is_streamed_and_a_beam_of_two_comes_in_one_delta(generator: LocalGenerator) -> None:
    streamed = list(generator.stream(MESSAGES, Decoding(max_new_tokens=6)))
    whole = list(generator.stream(MESSAGES, Decoding(max_new_tokens=6, beams=2)))
    assert len([delta for delta in streamed if delta.text]) > 1
    assert len(whole) == 1
    assert text_of(streamed)
    assert text_of(whole)
    for last in (streamed[-1], whole[-1]):
        assert last.stop_reason in ("length", "end")
        assert last.stats is not None
        assert min(last.stats.prefill_s, last.stats.decode_s) > 0


def test_a_stop_sequence_ends_a_streamed_and_a_whole_answer(generator: LocalGenerator) -> None:
    for beams in (1, 2):
        text = text_of(list(generator.stream(MESSAGES, Decoding(max_new_tokens=6, beams=beams))))
        stop = text.split()[1]
        stopped = list(generator.stream(MESSAGES, Decoding(max_new_tokens=6, beams=beams, stop=(stop,))))
        assert text_of(stopped) == text[: text.index(stop)]
        assert stopped[-1].stop_reason == "stop"


def test_a_draft_model_of_another_vocabulary_is_refused(folder: Path, tmp_path: Path) -> None:
    draft = save_model(tmp_path / "draft")
    with pytest.raises(ModelError, match=r"The tokenizer in .*draft cannot be loaded"):
        LocalGenerator(folder, context_tokens=512, draft_folder=draft)
    word_tokenizer("more").save_pretrained(draft)
    with pytest.raises(ModelError, match=r"another vocabulary than the model\. Choose one of its family"):
        LocalGenerator(folder, context_tokens=512, draft_folder=draft)


TOOL = ToolDefinition("a", "Say b.", {"type": "object", "properties": {}})


def test_a_text_without_calls_is_the_same_and_ends_for_its_own_reason(tmp_path: Path) -> None:
    calling = LocalGenerator(save(tmp_path, QWEN), context_tokens=512)
    decoding = Decoding(max_new_tokens=8)
    grounding = Grounding(("a b c",))
    said = list(calling.stream(MESSAGES, decoding, grounding=grounding, tools=[TOOL]))
    plain = list(calling.stream(MESSAGES, decoding, grounding=grounding))
    assert text_of(said) == text_of(plain) != ""
    assert (said[-1].stop_reason, said[-1].tokens) == (plain[-1].stop_reason, plain[-1].tokens)
    assert said[-1].stats is not None
