"""A folder is whole and of the kind that it was chosen for, or refused in one sentence, and nothing in it runs."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.base.modules import Router, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling, StaticEmbedding
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

from benchmarks.tiny_models import tiny_model
from rag.errors import ModelError
from rag.models.embedder_loading import load_embedding_model
from rag.models.model_folder import (
    require_chat_model,
    require_config,
    require_decoder,
    require_embedder,
    require_entailment,
    require_reranker,
)
from rag.models.model_source import ModelSource
from tests.rag.models.conftest import (
    WORDS,
    Trap,
    edit_json,
    edit_weights,
    refusal,
    write_chat_model,
    write_cross_encoder,
    write_embedder,
    write_tokenizer,
)
from tests.support.random_models import save_bert, word_tokenizer

# Configurations


def judge(source: ModelSource) -> None:
    require_decoder(source, require_config(source))


def write_config(folder: Path, model_type: str, /, *architectures: str, **changes: Any) -> Path:
    """Save a configuration as transformers does."""
    config = AutoConfig.for_model(model_type)
    config.architectures = list(architectures) or None
    config.save_pretrained(folder)
    edit_json(folder / "config.json", **changes)
    return folder


def test_models_that_write_text_are_let_through_whether_or_not_they_say_their_class(tmp_path: Path) -> None:
    judge(ModelSource(write_config(tmp_path / "images", "gemma4", "Gemma4ForConditionalGeneration"), "x"))
    judge(ModelSource(write_config(tmp_path / "silent", "qwen3"), "x"))


@pytest.mark.parametrize(
    ("model_type", "architecture"),
    [
        ("t5", "T5ForConditionalGeneration"),
        ("t5gemma", "T5GemmaForConditionalGeneration"),
        ("vit", "ViTForImageClassification"),
        ("llava", "LlavaForConditionalGeneration"),
        ("bert", "BertForMaskedLM"),
        ("roberta", "RobertaForCausalLM"),
        ("llama", "LlamaForSequenceClassification"),
        ("mistral", "MistralModel"),
    ],
)
def test_other_models_are_named_for_what_they_are(tmp_path: Path, model_type: str, architecture: str) -> None:
    folder = write_config(tmp_path, model_type, architecture)
    refusal(judge, folder, f"is a {architecture}, not a chat model", "'citewell models list'")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model_type": "newest"}, f"transformers {transformers.__version__}, installed here, cannot use"),
        ({"model_type": 7}, "cannot use"),
        ({"num_hidden_layers": "many"}, "cannot use"),
        *(
            ({"quantization_config": {"quant_method": method}}, f"is quantised ({method})")
            for method in ("bitsandbytes", "mxfp4", "from-tomorrow")
        ),
        ({"text_config": {"quantization_config": {"bits": 4}}}, "is quantised (quantization_config)"),
        ({"transformers_weights": "other.safetensors"}, "asks for transformers_weights in config.json"),
        ({"attn_implementation": "somebody/kernel"}, "asks for somebody/kernel as attn_implementation"),
        ({"_attn_implementation": {"text_config": "somebody/kernel"}}, "somebody/kernel as _attn_implementation"),
        ({"text_config": {"experts_implementation": "somebody/kernel"}}, "somebody/kernel"),
    ],
)
def test_a_configuration_that_cannot_be_followed_is_one_sentence(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    refusal(judge, write_config(tmp_path, "llama", "LlamaForCausalLM", **changes), said)


@pytest.mark.parametrize("with_config", [False, True])
def test_an_adapter_is_refused_even_in_the_folder_of_a_model(tmp_path: Path, with_config: bool) -> None:
    if with_config:
        write_config(tmp_path, "llama", "LlamaForCausalLM")
    (tmp_path / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "meta-llama/Llama-3"}))
    refusal(judge, tmp_path, "holds an adapter", "merge_and_unload")


def test_a_folder_without_a_configuration_says_so(tmp_path: Path) -> None:
    refusal(judge, tmp_path, "config.json is missing")
    (tmp_path / "x.Q8_0.gguf").touch()
    refusal(judge, tmp_path, "x.Q8_0.gguf in that folder")


# Nothing runs


@pytest.fixture
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A standard input that cannot be read."""
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr("sys.stdin", closed)


def test_code_of_a_folder_is_never_run(tmp_path: Path, no_terminal: None, trap: Trap) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "modeling_own.py").write_text(trap.code)
    edit_json(folder / "config.json", model_type="own", auto_map={"AutoConfig": "modeling_own.OwnConfig"})
    refusal(judge, folder, "needs Python code of its own", "trust_remote_code", "never runs")
    assert not trap.marker.exists()


def test_code_of_a_tokenizer_is_never_run(my_model: Path, no_terminal: None, trap: Trap) -> None:
    (my_model / "tokenization_own.py").write_text(trap.code)
    auto_map = {"AutoTokenizer": ["tokenization_own.OwnTokenizer", None]}
    edit_json(my_model / "tokenizer_config.json", tokenizer_class="OwnTokenizer", auto_map=auto_map)
    try:
        require_chat_model(ModelSource(my_model, "x"))
    except ModelError as error:
        assert "needs Python code of its own" in str(error)  # noqa: PT017  transformers may have a class instead
    assert not trap.marker.exists()


def test_a_folder_cannot_run_code_or_ask_for_leave(my_model: Path, no_terminal: None, trap: Trap) -> None:
    """Every way by which transformers runs code of a folder, beside a model that needs none."""
    for file in ("modeling_own.py", "tokenization_own.py"):
        (my_model / file).write_text(trap.code)
    (my_model / "custom_generate").mkdir()
    (my_model / "custom_generate" / "generate.py").write_text(trap.code)
    torch.save({"weight": trap}, my_model / "pytorch_model.bin")
    names = ("AutoConfig", "AutoModel", "AutoModelForCausalLM")
    edit_json(my_model / "config.json", auto_map=dict.fromkeys(names, "modeling_own.Own"))
    edit_json(
        my_model / "tokenizer_config.json",
        tokenizer_class="PreTrainedTokenizerFast",
        auto_map={"AutoTokenizer": [None, "tokenization_own.Own"]},
    )
    require_chat_model(ModelSource(my_model, "x"))
    AutoTokenizer.from_pretrained(my_model, local_files_only=True, trust_remote_code=False)
    AutoModelForCausalLM.from_pretrained(my_model, local_files_only=True, trust_remote_code=False, use_safetensors=True)
    assert not trap.marker.exists()


def change_part(folder: Path, number: int, **changes: Any) -> None:
    file = folder / "modules.json"
    entries = json.loads(file.read_text())
    entries[number] |= changes
    file.write_text(json.dumps(entries))


def refused_or_not_loaded(folder: Path) -> str:
    """Return the sentence with which a folder is refused as an embedder, when it is named or when it is loaded."""
    try:
        require_embedder(ModelSource(folder, "x"))
        load_embedding_model(folder, "x")
    except ModelError as error:
        return str(error)
    pytest.fail("it was loaded")


@pytest.mark.parametrize(
    "kind", ["own_module.Trap", "os.system", "Transformer", "sentence_transformers_evil.Transformer"]
)
def test_classes_that_are_not_sentence_transformers_own_are_never_imported(
    tmp_path: Path, kind: str, trap: Trap
) -> None:
    folder = write_embedder(tmp_path / "embedder")
    (folder / "own_module.py").write_text(trap.code)
    change_part(folder, 1, type=kind)
    for check in (require_embedder, require_reranker):
        refusal(check, folder, f"names {kind} in modules.json", "never runs")
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_embedding_model(folder, "x")
    assert not trap.marker.exists()


def test_a_router_leads_to_no_other_classes(tmp_path: Path, trap: Trap) -> None:
    folder = write_embedder(tmp_path / "embedder")
    (folder / "own_module.py").write_text(trap.code)
    change_part(folder, 2, type="sentence_transformers.base.modules.router.Router")
    (folder / "2_Dense" / "router_config.json").write_text(json.dumps({"types": {"query_0": "own_module.Trap"}}))
    (folder / "2_Dense" / "query_0").mkdir()
    assert "needs code of its own" in refused_or_not_loaded(folder)
    assert not trap.marker.exists()


@pytest.mark.parametrize("path", ["/etc", "a/../../b", "3_Dense"])
def test_a_part_lies_in_the_folder(tmp_path: Path, path: str) -> None:
    folder = write_embedder(tmp_path / "embedder")
    change_part(folder, 2, path=path)
    assert "cannot be loaded" in refused_or_not_loaded(folder)


@pytest.mark.parametrize("check", [require_embedder, require_reranker, require_entailment])
def test_pickled_weights_are_opened_in_no_role(tmp_path: Path, check: Any, trap: Trap) -> None:
    folder = write_embedder(tmp_path / "m") if check is require_embedder else write_cross_encoder(tmp_path / "m")
    (folder / "model.safetensors").unlink()
    torch.save({"weight": trap}, folder / "pytorch_model.bin")
    refusal(check, folder, "only pickled weights")
    assert not trap.marker.exists()


def test_a_part_with_pickled_weights_is_refused(tmp_path: Path, trap: Trap) -> None:
    folder = write_embedder(tmp_path / "embedder")
    (folder / "2_Dense" / "model.safetensors").unlink()
    torch.save({"linear.weight": trap}, folder / "2_Dense" / "pytorch_model.bin")
    refusal(require_embedder, folder, "only pickled weights (pytorch_model.bin)")
    assert not trap.marker.exists()


@pytest.mark.parametrize(
    ("file", "changes", "said"),
    [
        ("config.json", {"attn_implementation": "flash_attention_2"}, "flash_attention_2 as attn_implementation"),
        ("config.json", {"quantization_config": {"quant_method": "gptq"}}, "is quantised (gptq)"),
        ("audio_tokenizer_config.json", {"audio_tokenizer_name_or_path": "a/b"}, "audio_tokenizer_name_or_path"),
        ("processor_config.json", {"audio_tokenizer": {"audio_tokenizer_name_or_path": "a/b"}}, "audio_tokenizer"),
        ("sentence_bert_config.json", {"tokenizer_name_or_path": "somebody/tokenizer"}, "tokenizer_name_or_path"),
        ("sentence_bert_config.json", {"model_kwargs": {"attn_implementation": "somebody/kernel"}}, "somebody/kernel"),
        ("sentence_bert_config.json", {"modality_config": {"text": {"method": "save"}}}, "save as method"),
    ],
)
def test_an_embedder_asks_for_nothing_else(tmp_path: Path, file: str, changes: dict[str, Any], said: str) -> None:
    folder = write_embedder(tmp_path)
    edit_json(folder / file, **changes)
    refusal(require_embedder, folder, said, f"in {file}" if "quantised" not in said else said)


def test_settings_of_an_embedder_cannot_have_a_pickle_opened(tmp_path: Path, trap: Trap) -> None:
    folder = write_embedder(tmp_path / "embedder")
    torch.save({"weight": trap}, folder / "pytorch_model.bin")
    edit_json(folder / "sentence_bert_config.json", model_args={"use_safetensors": False, "weights_only": False})
    require_embedder(ModelSource(folder, "x"))
    load_embedding_model(folder, "x")
    assert not trap.marker.exists()


CALL = "torch.utils.collect_env.main"


@pytest.mark.parametrize(
    ("check", "file", "changes"),
    [
        (require_reranker, "config.json", {"sentence_transformers": {"activation_fn": CALL}}),
        (require_reranker, "config.json", {"sbert_ce_default_activation_function": CALL}),
        (require_reranker, "config_sentence_transformers.json", {"activation_fn": CALL}),
        *(
            (require_embedder, "2_Dense/config.json", {"activation_function": name})
            for name in (CALL, "own_module.Own", "torch.nn.functional.relu", 3)
        ),
    ],
)
def test_no_function_to_call_is_named(tmp_path: Path, check: Any, file: str, changes: dict[str, Any]) -> None:
    folder = write_embedder(tmp_path) if check is require_embedder else write_cross_encoder(tmp_path)
    edit_json(folder / file, **changes)
    refusal(check, folder, "as an activation function, which is none of torch's")


# Weights


def test_a_model_without_its_output_layer_is_refused_in_silence(
    my_model: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    edit_weights(my_model / "model.safetensors", lambda tensors: tensors.pop("lm_head.weight"))
    refusal(require_chat_model, my_model, "lacks weights of a LlamaForCausalLM (lm_head.weight)", "complete model")
    assert capfd.readouterr() == ("", "")
    edit_json(my_model / "config.json", tie_word_embeddings=True)
    require_chat_model(ModelSource(my_model, "x"))


def test_weights_named_for_another_class_are_refused(my_model: Path) -> None:
    def rename(tensors: dict[str, torch.Tensor]) -> None:
        for name in list(tensors):
            tensors[f"transformer.{name}"] = tensors.pop(name)

    edit_weights(my_model / "model.safetensors", rename)
    refusal(require_chat_model, my_model, "lacks weights of a LlamaForCausalLM", "and 20 more")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"vocab_size": 50}, "another shape than its config.json says (lm_head.weight and 1 more)"),
        ({"num_hidden_layers": 10**9}, "fewer layers"),
        ({"hidden_act": "no such function"}, "cannot be built by transformers"),
    ],
)
def test_weights_that_do_not_fit_the_configuration_are_refused(
    my_model: Path, changes: dict[str, Any], said: str
) -> None:
    edit_json(my_model / "config.json", **changes)
    refusal(require_chat_model, my_model, said)


# Tokenizers


def add_token(folder: Path, content: str, id_: int) -> None:
    file = folder / "tokenizer.json"
    tokens = json.loads(file.read_text())["added_tokens"]
    edit_json(file, added_tokens=[*tokens, tokens[0] | {"id": id_, "content": content}])


def test_a_tokenizer_larger_than_the_embedding_is_refused(tmp_path: Path) -> None:
    require_chat_model(ModelSource(write_chat_model(tmp_path / "fits", vocab_size=WORDS), "x"))
    folder = write_chat_model(tmp_path / "small", vocab_size=20)
    refusal(require_chat_model, folder, f"tokenizer of {WORDS} tokens, more than the 20 of its weights")


def test_an_added_token_beyond_the_embedding_is_refused_if_prompts_use_it(tmp_path: Path) -> None:
    folder = write_chat_model(tmp_path, vocab_size=WORDS)
    add_token(folder, "<image>", WORDS)
    require_chat_model(ModelSource(folder, "x"))
    (folder / "chat_template.jinja").write_text("<image>")
    refusal(require_chat_model, folder, f"tokenizer of {WORDS + 1} tokens")


def test_a_folder_without_a_tokenizer_is_refused(my_model: Path) -> None:
    (my_model / "tokenizer.json").unlink()
    refusal(require_chat_model, my_model, "has no tokenizer")


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("tokenizer.json", "{", "tokenizer that cannot be loaded"),
        ("tokenizer.json", '{"model": 3}', "tokenizer that cannot be loaded"),
        ("tokenizer_config.json", "[]", "damaged tokenizer_config.json"),
        ("generation_config.json", "{", "damaged generation_config.json"),
        ("config.json", "{", "damaged config.json"),
    ],
)
def test_damaged_files_are_named(my_model: Path, file: str, content: str, said: str) -> None:
    (my_model / file).write_text(content)
    refusal(require_chat_model, my_model, said)


def test_a_chat_template_in_any_place_of_a_tokenizer_counts(my_model: Path) -> None:
    template = (my_model / "chat_template.jinja").rename(my_model / "moved").read_text()
    refusal(require_chat_model, my_model, "has no chat template", "instruct")
    edit_json(my_model / "tokenizer_config.json", chat_template=template)
    require_chat_model(ModelSource(my_model, "x"))


# Roles


@pytest.mark.parametrize("family", ["mixtral", "gpt2", "falcon_h1", "mamba", "deepseek_v3"])
def test_a_complete_chat_model_of_any_family_is_let_through(tmp_path: Path, family: str) -> None:
    tiny_model(family).save_pretrained(tmp_path)
    write_tokenizer(tmp_path)
    require_chat_model(ModelSource(tmp_path, "x"))


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


def test_an_embedder_is_let_through_as_sentence_transformers_loads_it(tmp_path: Path) -> None:
    folder = write_embedder(tmp_path)
    require_embedder(ModelSource(folder, "x"))
    saved = tmp_path / "saved"
    SentenceTransformer(str(folder), local_files_only=True).save_pretrained(str(saved))
    require_embedder(ModelSource(saved, "x"))


def test_an_encoder_alone_is_an_embedder_even_without_its_pooler(tmp_path: Path) -> None:
    folder = save_bert(tmp_path)

    def without_pooler(tensors: dict[str, torch.Tensor]) -> None:
        for name in [name for name in tensors if "pooler" in name]:
            del tensors[name]

    edit_weights(folder / "model.safetensors", without_pooler)
    require_embedder(ModelSource(folder, "x"))


def test_each_route_of_a_router_is_checked(tmp_path: Path) -> None:
    parts = {role: [Transformer(str(save_bert(tmp_path / role))), Pooling(32)] for role in ("query", "document")}
    SentenceTransformer(modules=[Router(parts)]).save_pretrained(str(tmp_path / "saved"))
    require_embedder(ModelSource(tmp_path / "saved", "x"))
    (route,) = (tmp_path / "saved").rglob("document_0_Transformer")
    (route / "model.safetensors").unlink()
    refusal(require_embedder, tmp_path / "saved", "model.safetensors is missing")


def test_a_static_embedder_has_no_configuration(tmp_path: Path) -> None:
    static = StaticEmbedding(word_tokenizer()._tokenizer, embedding_dim=8)
    SentenceTransformer(modules=[static]).save_pretrained(str(tmp_path))
    require_embedder(ModelSource(tmp_path, "x"))


def test_a_damaged_list_of_parts_is_refused(tmp_path: Path) -> None:
    folder = write_embedder(tmp_path)
    for content in ("{}", "[]", "[3]", "{"):
        (folder / "modules.json").write_text(content)
        refusal(require_embedder, folder, "damaged modules.json")


def write_sparse(folder: Path) -> Path:
    write_embedder(folder)
    edit_json(folder / "config_sentence_transformers.json", model_type="SparseEncoder")
    return folder


@pytest.mark.parametrize(
    ("check", "write", "said"),
    [
        (require_chat_model, write_embedder, "is a model of sentence-transformers"),
        (require_chat_model, save_bert, "is a BertModel, not a chat model"),
        (require_embedder, write_chat_model, "is a LlamaForCausalLM, not an embedder"),
        (require_embedder, write_cross_encoder, "is a BertForSequenceClassification, not an embedder"),
        (require_embedder, write_sparse, "is a SparseEncoder"),
        (require_reranker, write_embedder, "is an embedder of sentence-transformers, not a reranker"),
        (require_reranker, save_bert, "is a BertModel, not a reranker"),
        (require_entailment, write_chat_model, "is a LlamaForCausalLM, not a model of entailment"),
    ],
)
def test_a_model_of_another_role_is_refused(
    tmp_path: Path, check: Any, write: Callable[[Path], Path], said: str
) -> None:
    refusal(check, write(tmp_path), said)


def test_a_cross_encoder_of_either_layout_is_a_reranker(tmp_path: Path) -> None:
    folder = write_cross_encoder(tmp_path / "plain")
    require_reranker(ModelSource(folder, "x"))
    CrossEncoder(str(folder), local_files_only=True).save_pretrained(str(tmp_path / "saved"))
    require_reranker(ModelSource(tmp_path / "saved", "x"))


@pytest.mark.parametrize("check", [require_reranker, require_entailment])
def test_a_cross_encoder_without_its_head_would_score_at_random(tmp_path: Path, check: Any) -> None:
    folder = write_cross_encoder(tmp_path)
    shutil.copy(save_bert(tmp_path / "encoder") / "model.safetensors", folder)
    refusal(check, folder, "lacks weights of a BertForSequenceClassification (classifier.bias and 1 more)")


def test_a_model_of_three_labels_judges_entailment_and_does_not_rerank(tmp_path: Path) -> None:
    folder = write_cross_encoder(tmp_path, labels=3)
    require_entailment(ModelSource(folder, "x"))
    refusal(require_reranker, folder, "gives 3 scores a passage", "entailment_model")


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
