"""A folder is checked for what it was chosen for, and nothing in it runs."""

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.base.modules import Router, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling, StaticEmbedding
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from rag.models.inspection.model_roles import (
    require_chat_model,
    require_embedder,
    require_entailment,
    require_reranker,
)
from rag.models.inspection.model_source import ModelSource
from tests.rag.models.inspection.conftest import (
    Trap,
    edit_json,
    edit_weights,
    refusal,
    write_chat_model,
    write_cross_encoder,
    write_embedder,
    write_encoder,
    write_tokenizer,
)
from tests.support.random_models import word_tokenizer

FAMILIES: dict[str, dict[str, Any]] = {
    "llama": {},
    "qwen3": {"head_dim": 16},
    "mixtral": {"num_local_experts": 4},
    "gemma2": {"head_dim": 16},
    "gpt2": {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 128},
    "falcon_h1": {"mamba_d_ssm": 64, "mamba_n_heads": 4, "mamba_d_head": 16},
    "mamba": {"state_size": 4},
    "deepseek_v3": {
        "q_lora_rank": 16,
        "kv_lora_rank": 16,
        "qk_rope_head_dim": 16,
        "qk_nope_head_dim": 16,
        "v_head_dim": 16,
        "moe_intermediate_size": 32,
        "n_routed_experts": 4,
        "n_group": 1,
        "topk_group": 1,
        "num_experts_per_tok": 2,
        "first_k_dense_replace": 1,
    },
}


@pytest.fixture
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A standard input that cannot be read."""
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr("sys.stdin", closed)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_complete_chat_model_of_any_family_is_let_through(tmp_path: Path, family: str) -> None:
    require_chat_model(ModelSource(write_chat_model(tmp_path, family=family, **FAMILIES[family]), "x"))


def test_a_chat_model_of_images_and_text_is_left_to_the_engine(tmp_path: Path) -> None:
    text = {
        "hidden_size": 64,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "head_dim": 16,
    }
    vision = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = {"text_config": text | {"vocab_size": 97}, "vision_config": vision | {"image_size": 28, "patch_size": 14}}
    AutoModelForCausalLM.from_config(AutoConfig.for_model("gemma3", **config)).save_pretrained(tmp_path)
    write_tokenizer(tmp_path)
    require_chat_model(ModelSource(tmp_path, "x"))


def test_an_embedder_is_no_chat_model(tmp_path: Path) -> None:
    refusal(require_chat_model, write_embedder(tmp_path), "is a model of sentence-transformers", "as embedder")


def test_an_encoder_is_no_chat_model(tmp_path: Path) -> None:
    refusal(require_chat_model, write_encoder(tmp_path), "is an encoder (BertModel)")


def test_a_chat_model_with_a_small_embedding_is_refused(tmp_path: Path) -> None:
    refusal(require_chat_model, write_chat_model(tmp_path, vocab_size=20), "tokenizer of 32 tokens, more than the 20")


def test_damaged_settings_of_generation_are_named(chat_model: Path) -> None:
    (chat_model / "generation_config.json").write_text("{")
    refusal(require_chat_model, chat_model, "damaged generation_config.json")


def test_a_folder_cannot_run_code_or_ask_for_leave(chat_model: Path, no_terminal: None, trap: Trap) -> None:
    """Every way by which transformers runs code of a folder, beside a model that needs none."""
    for file in ("modeling_own.py", "tokenization_own.py"):
        (chat_model / file).write_text(trap.code)
    (chat_model / "custom_generate").mkdir()
    (chat_model / "custom_generate" / "generate.py").write_text(trap.code)
    torch.save({"weight": trap}, chat_model / "pytorch_model.bin")
    names = ("AutoConfig", "AutoModel", "AutoModelForCausalLM")
    edit_json(chat_model / "config.json", auto_map=dict.fromkeys(names, "modeling_own.Own"))
    edit_json(
        chat_model / "tokenizer_config.json",
        tokenizer_class="PreTrainedTokenizerFast",
        auto_map={"AutoTokenizer": [None, "tokenization_own.Own"]},
    )
    require_chat_model(ModelSource(chat_model, "x"))
    AutoTokenizer.from_pretrained(chat_model, local_files_only=True, trust_remote_code=False)
    AutoModelForCausalLM.from_pretrained(
        chat_model, local_files_only=True, trust_remote_code=False, use_safetensors=True
    )
    assert not trap.marker.exists()


def test_an_embedder_is_let_through_as_sentence_transformers_loads_it(tmp_path: Path) -> None:
    folder = write_embedder(tmp_path)
    require_embedder(ModelSource(folder, "x"))
    saved = tmp_path / "saved"
    SentenceTransformer(str(folder), local_files_only=True).save_pretrained(str(saved))
    require_embedder(ModelSource(saved, "x"))


def test_an_encoder_alone_is_an_embedder_even_without_its_pooler(tmp_path: Path) -> None:
    folder = write_encoder(tmp_path)

    def without_pooler(tensors: dict[str, torch.Tensor]) -> None:
        for name in [name for name in tensors if "pooler" in name]:
            del tensors[name]

    edit_weights(folder / "model.safetensors", without_pooler)
    require_embedder(ModelSource(folder, "x"))


def test_each_route_of_a_router_is_checked(tmp_path: Path) -> None:
    parts = {role: [Transformer(str(write_encoder(tmp_path / role))), Pooling(32)] for role in ("query", "document")}
    SentenceTransformer(modules=[Router(parts)]).save_pretrained(str(tmp_path / "saved"))
    require_embedder(ModelSource(tmp_path / "saved", "x"))
    (route,) = (tmp_path / "saved").rglob("document_0_Transformer")
    (route / "model.safetensors").unlink()
    refusal(require_embedder, tmp_path / "saved", "model.safetensors is missing")


def test_an_embedder_without_a_reader_is_refused(tmp_path: Path) -> None:
    folder = write_embedder(tmp_path)
    entries = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").write_text(json.dumps(entries[1:]))
    refusal(require_embedder, folder, "no part that reads text")


def test_a_static_embedder_has_no_configuration(tmp_path: Path) -> None:
    static = StaticEmbedding(word_tokenizer()._tokenizer, embedding_dim=8)
    SentenceTransformer(modules=[static]).save_pretrained(str(tmp_path))
    require_embedder(ModelSource(tmp_path, "x"))
    part = next(tmp_path.rglob("model.safetensors"))
    edit_weights(part, lambda tensors: tensors.update({"embedding.weight": torch.zeros(5, 8)}))
    refusal(require_embedder, tmp_path, "more than the 5 of its weights")


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (write_chat_model, "is a LlamaForCausalLM, not an embedder"),
        (write_cross_encoder, "is a BertForSequenceClassification, not an embedder"),
    ],
)
def test_other_models_are_no_embedders(tmp_path: Path, write: Any, said: str) -> None:
    refusal(require_embedder, write(tmp_path), said, "'minilm'")


def test_a_sparse_encoder_is_no_embedder(tmp_path: Path) -> None:
    folder = write_embedder(tmp_path)
    edit_json(folder / "config_sentence_transformers.json", model_type="SparseEncoder")
    refusal(require_embedder, folder, "is a SparseEncoder")


@pytest.mark.parametrize(
    ("file", "changes", "said"),
    [
        ("config.json", {"attn_implementation": "flash_attention_2"}, "attention flash_attention_2"),
        ("config.json", {"quantization_config": {"quant_method": "gptq"}}, "is quantised (gptq)"),
        ("processor_config.json", {"auto_map": {"AutoProcessor": "own.Own"}}, "asks for auto_map"),
        (
            "audio_tokenizer_config.json",
            {"audio_tokenizer_name_or_path": "a/b"},
            "audio_tokenizer_name_or_path in audio_tokenizer_config.json",
        ),
        ("processor_config.json", {"audio_tokenizer": {"audio_tokenizer_name_or_path": "a/b"}}, "audio_tokenizer"),
    ],
)
def test_an_embedder_asks_for_nothing_else(tmp_path: Path, file: str, changes: dict[str, Any], said: str) -> None:
    folder = write_embedder(tmp_path)
    edit_json(folder / file, **changes)
    refusal(require_embedder, folder, said)


def test_a_cross_encoder_of_either_layout_is_a_reranker(tmp_path: Path) -> None:
    folder = write_cross_encoder(tmp_path / "plain")
    require_reranker(ModelSource(folder, "x"))
    CrossEncoder(str(folder), local_files_only=True).save_pretrained(str(tmp_path / "saved"))
    require_reranker(ModelSource(tmp_path / "saved", "x"))


@pytest.mark.parametrize("check", [require_reranker, require_entailment])
@pytest.mark.parametrize("write", [write_embedder, write_encoder, write_chat_model])
def test_other_models_judge_no_pairs(tmp_path: Path, check: Any, write: Any) -> None:
    refusal(check, write(tmp_path), "not a", "cross-encoder")


@pytest.mark.parametrize("check", [require_reranker, require_entailment])
def test_a_cross_encoder_without_its_head_would_score_at_random(tmp_path: Path, check: Any) -> None:
    folder = write_cross_encoder(tmp_path)
    shutil.copy(write_encoder(tmp_path / "encoder") / "model.safetensors", folder)
    refusal(check, folder, "lacks weights of a BertForSequenceClassification (classifier.bias and 1 more)")


def test_a_model_of_three_labels_judges_entailment_and_does_not_rerank(tmp_path: Path) -> None:
    folder = write_cross_encoder(tmp_path, labels=3)
    require_entailment(ModelSource(folder, "x"))
    refusal(require_reranker, folder, "gives 3 scores a passage", "entailment_model")


@pytest.mark.parametrize("check", [require_embedder, require_reranker, require_entailment])
def test_pickled_weights_are_opened_in_no_role(tmp_path: Path, check: Any, trap: Trap) -> None:
    folder = write_embedder(tmp_path / "m") if check is require_embedder else write_cross_encoder(tmp_path / "m")
    (folder / "model.safetensors").unlink()
    torch.save({"weight": trap}, folder / "pytorch_model.bin")
    refusal(check, folder, "only pickled weights")
    assert not trap.marker.exists()


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("config.json", {"sentence_transformers": {"activation_fn": "torch.utils.collect_env.main"}}),
        ("config.json", {"sbert_ce_default_activation_function": "torch.utils.collect_env.main"}),
        ("config_sentence_transformers.json", {"activation_fn": "torch.utils.collect_env.main"}),
    ],
)
def test_a_cross_encoder_names_no_function_to_call(tmp_path: Path, file: str, changes: dict[str, Any]) -> None:
    folder = write_cross_encoder(tmp_path)
    edit_json(folder / file, **changes)
    refusal(require_reranker, folder, "torch.utils.collect_env.main as an activation function")


def test_a_reranker_by_words_is_a_language_model(tmp_path: Path) -> None:
    folder = write_chat_model(tmp_path)
    kinds = ("base.modules.transformer.Transformer", "cross_encoder.modules.logit_score.LogitScore")
    entries = [
        {"idx": n, "name": str(n), "path": ("", "1")[n], "type": f"sentence_transformers.{kind}"}
        for n, kind in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(entries))
    edit_json(folder / "config_sentence_transformers.json", model_type="CrossEncoder")
    (folder / "1").mkdir()
    edit_json(folder / "1" / "config.json", true_token_id=7, false_token_id=8)
    require_reranker(ModelSource(folder, "x"))
