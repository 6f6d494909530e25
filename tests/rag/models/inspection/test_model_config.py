"""A config.json is judged before transformers sees it: adapters, quantised weights, code, unknown and wrong types."""

import json
from pathlib import Path
from typing import Any

import pytest
import transformers
from transformers import AutoConfig

from rag.models.inspection.model_config import require_config, require_decoder, require_own_attention
from rag.models.inspection.model_source import ModelSource
from tests.rag.models.inspection.conftest import Trap, edit_json, refusal


def judge(source: ModelSource) -> None:
    require_decoder(source, require_config(source))


def write_config(folder: Path, model_type: str, /, *architectures: str, **changes: Any) -> Path:
    """Save a configuration as transformers does."""
    config = AutoConfig.for_model(model_type)
    config.architectures = list(architectures) or None
    config.save_pretrained(folder)
    edit_json(folder / "config.json", **changes)
    return folder


@pytest.mark.parametrize(
    ("model_type", "architecture"),
    [
        ("llama", "LlamaForCausalLM"),
        ("gpt2", "GPT2LMHeadModel"),
        ("gemma3", "Gemma3ForConditionalGeneration"),
        ("gemma4", "Gemma4ForConditionalGeneration"),
        ("qwen3", ""),
    ],
)
def test_models_that_write_text_are_let_through(tmp_path: Path, model_type: str, architecture: str) -> None:
    judge(ModelSource(write_config(tmp_path, model_type, *filter(None, [architecture])), "x"))


@pytest.mark.parametrize(
    ("model_type", "architecture", "said"),
    [
        ("t5", "T5ForConditionalGeneration", "is an encoder-decoder model (T5ForConditionalGeneration)"),
        ("bart", "BartForConditionalGeneration", "is an encoder-decoder model (BartForConditionalGeneration)"),
        ("whisper", "WhisperForConditionalGeneration", "encoder-decoder"),
        ("t5gemma", "T5GemmaForConditionalGeneration", "encoder-decoder"),
        ("vit", "ViTForImageClassification", "is a model for images (ViTForImageClassification)"),
        ("clip", "CLIPModel", "is a model for images (CLIPModel)"),
        ("wav2vec2", "Wav2Vec2ForCTC", "is a model for sound (Wav2Vec2ForCTC)"),
        ("llava", "LlavaForConditionalGeneration", "is a model for images and text"),
        ("bert", "BertForMaskedLM", "is an encoder (BertForMaskedLM)"),
        ("roberta", "RobertaForCausalLM", "is an encoder (RobertaForCausalLM)"),
        ("distilbert", "DistilBertModel", "is an encoder (DistilBertModel)"),
        ("llama", "LlamaForSequenceClassification", "class LlamaForSequenceClassification"),
        ("qwen2", "Qwen2ForTokenClassification", "class Qwen2ForTokenClassification"),
        ("mistral", "MistralModel", "class MistralModel"),
        ("qwen2", "Qwen2ForRewardModel", "class Qwen2ForRewardModel"),
    ],
)
def test_other_models_are_named_for_what_they_are(
    tmp_path: Path, model_type: str, architecture: str, said: str
) -> None:
    refusal(judge, write_config(tmp_path, model_type, architecture), said, "'citewell models list'")


@pytest.mark.parametrize(
    "method", ["bitsandbytes", "awq", "gptq", "compressed-tensors", "fp8", "mxfp4", "from-tomorrow"]
)
def test_quantised_models_are_refused_by_method(tmp_path: Path, method: str) -> None:
    folder = write_config(tmp_path, "llama", "LlamaForCausalLM", quantization_config={"quant_method": method})
    refusal(judge, folder, f"is quantised ({method})", "original weights", "GGUF")


def test_quantisation_of_the_text_part_is_seen(tmp_path: Path) -> None:
    folder = write_config(tmp_path, "llama", text_config={"quantization_config": {"bits": 4}})
    refusal(judge, folder, "is quantised (quantization_config)")


@pytest.mark.parametrize("with_config", [False, True])
def test_an_adapter_is_refused_even_in_the_folder_of_a_model(tmp_path: Path, with_config: bool) -> None:
    if with_config:
        write_config(tmp_path, "llama", "LlamaForCausalLM")
    (tmp_path / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "meta-llama/Llama-3"}))
    refusal(judge, tmp_path, "holds an adapter", "merge_and_unload")


def test_code_of_a_folder_is_never_run(tmp_path: Path, trap: Trap) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "modeling_own.py").write_text(trap.code)
    edit_json(folder / "config.json", model_type="own", auto_map={"AutoConfig": "modeling_own.OwnConfig"})
    refusal(judge, folder, "trust_remote_code", "never runs")
    assert not trap.marker.exists()


def test_code_beside_a_class_of_transformers_own_is_passed_by(tmp_path: Path, trap: Trap) -> None:
    folder = write_config(tmp_path / "model", "llama", "LlamaForCausalLM")
    (folder / "modeling_own.py").write_text(trap.code)
    auto_map = dict.fromkeys(("AutoConfig", "AutoModelForCausalLM"), "modeling_own.Own")
    edit_json(folder / "config.json", auto_map=auto_map)
    judge(ModelSource(folder, "x"))
    assert not trap.marker.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model_type": "newest"}, f"type 'newest', which transformers {transformers.__version__}"),
        ({"model_type": None}, "names no model_type"),
        ({"model_type": 7}, "type '7'"),
        ({"num_hidden_layers": "many"}, "cannot use"),
        ({"transformers_weights": "other.safetensors"}, "asks for transformers_weights"),
        ({"attn_implementation": "somebody/kernel"}, "somebody/kernel (attn_implementation"),
        ({"_attn_implementation": {"text_config": "somebody/kernel"}}, "fetched from the hub"),
        ({"text_config": {"experts_implementation": "somebody/kernel"}}, "fetched from the hub"),
    ],
)
def test_a_configuration_that_cannot_be_followed_is_one_sentence(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    refusal(judge, write_config(tmp_path, "llama", "LlamaForCausalLM", **changes), said)


def test_a_folder_without_a_configuration_says_so(tmp_path: Path) -> None:
    refusal(judge, tmp_path, "config.json is missing")
    (tmp_path / "x.Q8_0.gguf").touch()
    refusal(judge, tmp_path, "Name the file itself: x.Q8_0.gguf")


def test_attention_is_torchs_own(tmp_path: Path) -> None:
    source = ModelSource(tmp_path, "x")
    for name in (None, "sdpa", "eager"):
        require_own_attention(source, name)
    refusal(lambda refused: require_own_attention(refused, "flash_attention_2"), tmp_path, "flash_attention_2")
