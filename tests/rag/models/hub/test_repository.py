"""A repository of the hub: which of its files a model is loaded from, and a sentence where there are none."""

import json
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.models.hub.repository import (
    RemoteFile,
    Repository,
    gguf_file,
    hub_error,
    read_repository,
    settings_files,
    weight_files,
)
from tests.rag.models.hub.fake_hub import COMMIT, FakeHub


def repository(*paths: str) -> Repository:
    return Repository("org/model", COMMIT, tuple(RemoteFile(path, 10, None, "f" * 40) for path in paths))


def chosen(files: list[RemoteFile]) -> list[str]:
    return sorted(file.path for file in files)


def test_the_hubs_own_hashes_and_commit_are_read(hub: FakeHub) -> None:
    hub.repositories["org/model"] = {"config.json": b"{}", "model.safetensors": b"x" * 2000}
    found = read_repository("org/model")
    assert found.commit == COMMIT
    config, weights = found.files
    assert (config.sha256, config.checksum) == (None, "9e26dfeeb6e641a33dae4961196235bdb965b21b")
    assert weights.size == 2000
    assert weights.checksum == weights.sha256 == "5c0e0ea421571c300b5df6aec0a118b5c3dc02e0683a546341d5efc689df2f58"


def test_only_what_a_model_is_loaded_from_is_chosen(tmp_path: Path) -> None:
    found = repository(
        "config.json",
        "tokenizer.json",
        "tokenizer.model",
        "chat_template.jinja",
        "model.safetensors",
        "consolidated.safetensors",
        "model.safetensors.index.json",
        "pytorch_model.bin",
        "pytorch_model.bin.index.json",
        "model-q8_0.gguf",
        "original/params.json",
        "original/consolidated.00.pth",
        "onnx/config.json",
        "modeling_own.py",
        "../outside.json",
        ".eval.json",
        "README.md",
    )
    expected = ["chat_template.jinja", "config.json", "tokenizer.json", "tokenizer.model"]
    assert chosen(settings_files(found)) == expected
    assert chosen(weight_files(found, tmp_path)) == ["model.safetensors"]


def test_the_index_says_which_shards_belong_to_the_model(tmp_path: Path) -> None:
    shards = ["model.safetensors-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    found = repository("config.json", "model.safetensors.index.json", *shards, "consolidated.safetensors")
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": shards[0], "b": shards[1], "c": shards[0]}}))
    assert chosen(weight_files(found, tmp_path)) == sorted(shards)
    index.write_text(json.dumps({"weight_map": {"a": "../../elsewhere.safetensors"}}))
    with pytest.raises(ModelError, match="'org/model' is incomplete"):
        weight_files(found, tmp_path)
    index.write_text("no json")
    with pytest.raises(ModelError, match="'org/model' is incomplete"):
        weight_files(found, tmp_path)


def test_weights_in_our_own_format_are_never_fetched(tmp_path: Path) -> None:
    found = repository("config.json", "blocks.json", "int8.json", "blocks.bin", "model.safetensors.index.json")
    assert chosen(settings_files(found)) == ["config.json", "model.safetensors.index.json"]
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "blocks.bin"}}))
    with pytest.raises(ModelError, match="incomplete"):
        weight_files(found, tmp_path)


def test_an_embedder_keeps_its_modules(tmp_path: Path) -> None:
    modules = ["1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors"]
    found = repository("modules.json", "config.json", "model.safetensors", *modules, "openvino/model.json")
    assert chosen(settings_files(found)) == sorted(["config.json", "modules.json", *modules])
    static = repository("modules.json", "0_StaticEmbedding/model.safetensors", "0_StaticEmbedding/tokenizer.json")
    assert len(settings_files(static)) == 3
    assert weight_files(static, tmp_path) == []


@pytest.mark.parametrize(
    ("paths", "sentence"),
    [
        (["config.json", "pytorch_model.bin"], r"no weights in safetensors format\. Pickled weights"),
        (["config.json", "adapter_config.json", "adapter_model.safetensors"], "is an adapter"),
        (
            ["a-Q2_K.gguf", "a-Q8_0.gguf", "a-Q4_K_M.gguf", "mmproj-f16.gguf", "b-00001-of-00002.gguf"],
            r"GGUF only: name the file\. Try 'org/model/a-Q4_K_M\.gguf'\. Also there: a-Q2_K\.gguf, a-Q8_0\.gguf\.$",
        ),
        ([f"a-rather-long-name-of-a-model-{n:03}-Q8_0.gguf" for n in range(60)], r"000-Q8_0\.gguf'.* …\.$"),
    ],
)
def test_a_repository_without_safetensors_is_refused_in_a_sentence(paths: list[str], sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence) as refused:
        settings_files(repository(*paths))
    assert len(str(refused.value)) <= 300


def test_a_gguf_is_found_by_its_path() -> None:
    found = repository("a-Q4_K_M.gguf", "Q8_0/a-Q8_0.gguf", "b-00001-of-00002.gguf", "model.safetensors")
    assert gguf_file(found, "Q8_0/a-Q8_0.gguf").path == "Q8_0/a-Q8_0.gguf"
    with pytest.raises(ModelError, match=r"no file 'c\.gguf'\. Try 'org/model/a-Q4_K_M\.gguf'"):
        gguf_file(found, "c.gguf")
    with pytest.raises(ModelError, match="one part of a GGUF"):
        gguf_file(found, "b-00001-of-00002.gguf")
    with pytest.raises(ModelError, match="has no GGUF"):
        gguf_file(repository("model.safetensors"), "c.gguf")


def test_a_gated_repository_names_the_licence_page_and_the_token(hub: FakeHub) -> None:
    hub.repositories["org/gated"] = {"config.json": b"{}"}
    hub.gated.add("org/gated")
    with pytest.raises(ModelError, match=rf"Accept its licence at {hub.address}/org/gated, .* set HF_TOKEN"):
        read_repository("org/gated")


def test_a_repository_that_is_not_there_is_named(hub: FakeHub) -> None:
    with pytest.raises(ModelError, match=r"no model 'org/none', or it needs a login \(HF_TOKEN\)"):
        read_repository("org/none")
    with pytest.raises(ModelError, match="not a name that the model hub allows"):
        read_repository("org/--none..")


def test_a_hub_that_is_switched_off_or_out_of_reach_is_told_apart(
    no_hub: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelError, match="hub cannot be reached for 'org/model'"):
        read_repository("org/model")
    from huggingface_hub.errors import OfflineModeIsEnabled

    assert "HF_HUB_OFFLINE" in str(hub_error(OfflineModeIsEnabled(), "org/model"))
