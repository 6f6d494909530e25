"""Language models as transformers loads them: whole, without pickles or foreign code; and their logits compared."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from rag.errors import ModelError
from rag.models import causal_lm
from tests.rag.models.conftest import edit_json, edit_weights
from tests.support.random_models import save_model


def test_a_missing_weight_is_named_instead_of_made_up(tmp_path: Path) -> None:
    folder = save_model(tmp_path)
    edit_weights(folder / "model.safetensors", lambda tensors: tensors.pop("lm_head.weight"))
    with pytest.raises(ModelError, match=r"lacks 1 weights, such as lm_head\.weight") as refusal:
        causal_lm.load_whole(folder)
    assert len(str(refusal.value).replace(str(folder), "")) <= 300


def test_pickled_weights_are_not_opened(tmp_path: Path) -> None:
    folder = save_model(tmp_path)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").rename(folder / "stray.safetensors")
    with pytest.raises(OSError, match="safetensors"):
        causal_lm.load_whole(folder)


def test_code_in_a_folder_is_not_run(tmp_path: Path) -> None:
    folder = save_model(tmp_path / "model")
    ran = tmp_path / "ran"
    (folder / "mine.py").write_text(f"open({str(ran)!r}, 'w')\n")
    auto_map = {"AutoConfig": "mine.Config", "AutoModelForCausalLM": "mine.Model"}
    edit_json(folder / "config.json", model_type="mine", auto_map=auto_map)
    with pytest.raises(ValueError, match="trust_remote_code"):
        causal_lm.load_whole(folder)
    with pytest.raises(ValueError, match="trust_remote_code"):
        causal_lm.model_class(folder)
    assert not ran.exists()


def test_the_attention_that_a_folder_names_is_not_asked_for(tmp_path: Path) -> None:
    folder = save_model(tmp_path)
    edit_json(folder / "config.json", attn_implementation="kernels-community/flash-attn")
    assert causal_lm.load_whole(folder).config._attn_implementation == "sdpa"


def test_a_model_that_writes_no_text_is_told_by_its_type(tmp_path: Path) -> None:
    edit_json(tmp_path / "config.json", model_type="clip", architectures=["CLIPModel"])
    with pytest.raises(ValueError, match="a model of type clip does not write text"):
        causal_lm.model_class(tmp_path)


def test_the_worst_quarter_decides_and_not_a_number_counts_as_infinite() -> None:
    exact = torch.ones(8, 4)
    found = exact.clone()
    found[6:] += 0.5
    assert causal_lm.relative_error(found, exact) == pytest.approx(0.5)
    assert causal_lm.mean_error(found, exact) == pytest.approx(0.125)
    found[0, 0] = torch.nan
    assert causal_lm.relative_error(found, exact) == torch.inf
