"""Parts of a sentence-transformers model are its own, with weights in safetensors and settings that are known."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from rag.models.inspection.model_source import ModelSource
from rag.models.inspection.sentence_modules import require_known_activation, require_modules, saved_as
from tests.rag.models.inspection.conftest import Trap, edit_json, refusal, write_embedder


def change_part(folder: Path, number: int, **changes: Any) -> None:
    file = folder / "modules.json"
    entries = json.loads(file.read_text())
    entries[number] |= changes
    file.write_text(json.dumps(entries))


@pytest.fixture
def embedder(tmp_path: Path) -> Path:
    return write_embedder(tmp_path / "embedder")


def test_known_parts_are_returned_with_their_folders(embedder: Path) -> None:
    modules = require_modules(ModelSource(embedder, "x"))
    assert [module.kind for module in modules] == ["Transformer", "Pooling", "Dense"]
    assert [module.source.path for module in modules] == [embedder, embedder / "1_Pooling", embedder / "2_Dense"]


def test_a_folder_of_one_part_has_no_list(tmp_path: Path) -> None:
    assert require_modules(ModelSource(tmp_path, "x")) == []
    assert saved_as(ModelSource(tmp_path, "x")) == "SentenceTransformer"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("own_module.Trap", "names own_module.Trap in modules.json"),
        ("os.system", "never runs"),
        ("Transformer", "never runs"),
        ("sentence_transformers_evil.Transformer", "never runs"),
        ("sentence_transformers.models.CNN", "a part of the kind CNN"),
        ("sentence_transformers.models.WordEmbeddings", "a part of the kind WordEmbeddings"),
    ],
)
def test_other_classes_are_never_imported(embedder: Path, kind: str, said: str, trap: Trap) -> None:
    (embedder / "own_module.py").write_text(trap.code)
    change_part(embedder, 1, type=kind)
    refusal(require_modules, embedder, said)
    assert not trap.marker.exists()


def write_router(folder: Path, **types: str) -> None:
    change_part(folder, 2, type="sentence_transformers.base.modules.router.Router")
    (folder / "2_Dense" / "router_config.json").write_text(json.dumps({"types": types}))
    for path in types:
        shutil.copytree(folder / "1_Pooling", folder / "2_Dense" / path)


def test_the_parts_of_a_router_stand_in_its_place(embedder: Path) -> None:
    pooling = "sentence_transformers.sentence_transformer.modules.pooling.Pooling"
    write_router(embedder, query_0=pooling, document_0=pooling)
    modules = require_modules(ModelSource(embedder, "x"))
    assert [module.kind for module in modules] == ["Transformer", "Pooling", "Pooling", "Pooling"]
    assert modules[2].source.path == embedder / "2_Dense" / "query_0"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("own_module.Trap", "names own_module.Trap in modules.json"),
        ("sentence_transformers.base.modules.router.Router", "a part of the kind Router"),
    ],
)
def test_a_router_leads_to_no_other_classes(embedder: Path, kind: str, said: str) -> None:
    write_router(embedder, query_0=kind)
    refusal(require_modules, embedder, said)


def test_a_router_without_routes_is_damaged(embedder: Path) -> None:
    write_router(embedder)
    refusal(require_modules, embedder, "damaged router_config.json")


def test_a_part_with_pickled_weights_is_refused(embedder: Path, trap: Trap) -> None:
    (embedder / "2_Dense" / "model.safetensors").unlink()
    torch.save({"linear.weight": trap}, embedder / "2_Dense" / "pytorch_model.bin")
    refusal(require_modules, embedder, "only pickled weights (pytorch_model.bin)")
    assert not trap.marker.exists()


@pytest.mark.parametrize("path", ["../elsewhere", "/etc", "a/../../b"])
def test_a_part_lies_in_the_folder(embedder: Path, path: str) -> None:
    change_part(embedder, 2, path=path)
    refusal(require_modules, embedder, "damaged modules.json")


def test_a_part_that_is_not_there_is_named(embedder: Path) -> None:
    change_part(embedder, 2, path="3_Dense")
    refusal(require_modules, embedder, "lacks the folder 3_Dense")


@pytest.mark.parametrize("content", ["{}", "[]", "[3]", "{"])
def test_a_damaged_list_is_refused(embedder: Path, content: str) -> None:
    (embedder / "modules.json").write_text(content)
    refusal(require_modules, embedder, "damaged modules.json")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"tokenizer_name_or_path": "somebody/tokenizer"}, "tokenizer_name_or_path"),
        ({"transformer_task": "retrieval"}, "transformer_task retrieval"),
        ({"model_args": {"use_safetensors": False}}, "use_safetensors"),
        ({"model_kwargs": {"gguf_file": "x"}}, "gguf_file"),
        ({"model_kwargs": {"attn_implementation": "somebody/kernel"}}, "attention somebody/kernel"),
        ({"config_args": {"code_revision": "x"}}, "code_revision"),
        ({"modality_config": {"text": {"method": "push_to_hub"}}}, "push_to_hub"),
    ],
)
def test_settings_that_name_other_models_code_or_methods_are_refused(
    embedder: Path, settings: dict[str, Any], said: str
) -> None:
    (embedder / "sentence_bert_config.json").write_text(json.dumps(settings))
    refusal(require_modules, embedder, said)


def test_settings_as_sentence_transformers_saves_them_are_fine(embedder: Path) -> None:
    text = {"method": "forward", "method_output_name": "last_hidden_state"}
    edit_json(
        embedder / "sentence_bert_config.json",
        transformer_task="feature-extraction",
        modality_config={"text": text},
        module_output_name="token_embeddings",
        max_seq_length=128,
        model_args={"torch_dtype": "float16"},
    )
    require_modules(ModelSource(embedder, "x"))


@pytest.mark.parametrize("name", ["torch.nn.modules.activation.Tanh", "torch.nn.modules.linear.Identity", None])
def test_activation_functions_of_torch_are_fine(tmp_path: Path, name: str | None) -> None:
    require_known_activation(ModelSource(tmp_path, "x"), name)


@pytest.mark.parametrize("name", ["torch.utils.collect_env.main", "os.abort", "own_module.Own", "torch.nn.Module", 3])
def test_a_dense_part_names_no_other_function(embedder: Path, name: Any) -> None:
    edit_json(embedder / "2_Dense" / "config.json", activation_function=name)
    refusal(require_modules, embedder, f"names {name} as an activation function")


@pytest.mark.parametrize("settings", [{"model_args": [1]}, {"transformer_task": ["x"]}, {"modality_config": [1]}])
def test_settings_of_another_kind_than_they_should_be_are_damage(embedder: Path, settings: dict[str, Any]) -> None:
    (embedder / "sentence_bert_config.json").write_text(json.dumps(settings))
    refusal(require_modules, embedder, "has a damaged sentence_bert_config.json")
