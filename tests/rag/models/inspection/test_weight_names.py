"""Weights that do not belong to the model's class are found without reading one."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM

from rag.models.inspection.model_source import ModelSource
from rag.models.inspection.weight_files import require_weights
from rag.models.inspection.weight_names import require_all_weights
from tests.rag.models.inspection.conftest import edit_json, edit_weights, refusal


def judge(source: ModelSource) -> Any:
    config = AutoConfig.from_pretrained(source.path)
    return require_all_weights(source, AutoModelForCausalLM, config, require_weights(source))


def test_a_complete_model_has_its_shape_and_no_weights(chat_model: Path) -> None:
    model = judge(ModelSource(chat_model, "x"))
    assert model.get_input_embeddings().weight.shape == (97, 64)
    assert all(parameter.is_meta for parameter in model.parameters())


def test_a_model_without_its_output_layer_is_refused(chat_model: Path) -> None:
    edit_weights(chat_model / "model.safetensors", lambda tensors: tensors.pop("lm_head.weight"))
    refusal(judge, chat_model, "lacks weights of a LlamaForCausalLM (lm_head.weight)", "complete model")


def test_a_tied_output_layer_is_not_missed(chat_model: Path) -> None:
    edit_weights(chat_model / "model.safetensors", lambda tensors: tensors.pop("lm_head.weight"))
    edit_json(chat_model / "config.json", tie_word_embeddings=True)
    judge(ModelSource(chat_model, "x"))


def test_weights_named_for_another_class_are_refused(chat_model: Path) -> None:
    def rename(tensors: dict[str, torch.Tensor]) -> None:
        for name in list(tensors):
            tensors[f"transformer.{name}"] = tensors.pop(name)

    edit_weights(chat_model / "model.safetensors", rename)
    refusal(judge, chat_model, "lacks weights of a LlamaForCausalLM", "and 20 more")


def test_weights_of_another_shape_are_refused(chat_model: Path) -> None:
    edit_json(chat_model / "config.json", vocab_size=50)
    refusal(judge, chat_model, "another shape than its config.json says (lm_head.weight and 1 more)")


@pytest.mark.parametrize("layers", [10**9, 40])
def test_more_layers_than_weights_are_refused_before_they_are_built(chat_model: Path, layers: int) -> None:
    edit_json(chat_model / "config.json", num_hidden_layers=layers)
    refusal(judge, chat_model, "fewer layers")


def test_a_model_that_cannot_be_built_is_one_sentence(chat_model: Path) -> None:
    edit_json(chat_model / "config.json", hidden_act="no such function")
    refusal(judge, chat_model, "cannot be built by transformers")


def test_the_loader_says_nothing_itself(chat_model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    edit_weights(chat_model / "model.safetensors", lambda tensors: tensors.pop("lm_head.weight"))
    refusal(judge, chat_model, "lm_head")
    assert capfd.readouterr() == ("", "")
    assert "lm_head.weight" not in load_file(chat_model / "model.safetensors")
