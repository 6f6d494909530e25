"""Resolving a model's name: a local folder or file, a catalog name or a hub id becomes a folder, or one sentence."""

import errno
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from filelock import FileLock
from gguf import GGUFWriter
from transformers import AutoModelForCausalLM, AutoTokenizer

from rag.errors import ModelError
from rag.models.resolve import resolve_model
from tests.rag.models.conftest import (
    LONGEST,
    WHOLE,
    Converter,
    Trap,
    close,
    edit_json,
    find,
    write_cross_encoder,
    write_embedder,
    write_out,
)
from tests.rag.models.fake_hub import FakeHub
from tests.support.random_models import CHAT_TEMPLATE, random_model, save_bert

WORDS = ["<unk>", "<|im_start|>", "<|im_end|>", *"abcdefghijklmnopqrstuvwxyz", "ab"]


def write_gguf(file: Path) -> Path:
    """Write a small Llama with all that a GGUF file of a chat model has."""
    model = random_model(vocab_size=len(WORDS), hidden_size=64, intermediate_size=128)
    writer = GGUFWriter(file, "llama")
    for name, value in (("context_length", 2048), ("block_count", 2), ("embedding_length", 64)):
        writer.add_uint32(f"llama.{name}", value)
    for name, value in (("feed_forward_length", 128), ("attention.head_count", 4), ("attention.head_count_kv", 2)):
        writer.add_uint32(f"llama.{name}", value)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(WORDS)
    writer.add_token_types([3] * 3 + [1] * 27)
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(2)
    writer.add_chat_template(CHAT_TEMPLATE)
    names = {"q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v", "o_proj": "attn_output"}
    names |= {"gate_proj": "ffn_gate", "up_proj": "ffn_up", "down_proj": "ffn_down"}
    names |= {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm"}
    whole = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output"}
    for name, tensor in model.state_dict().items():
        path = name.removesuffix(".weight")
        parts = path.split(".")
        stored = whole.get(path) or f"blk.{parts[2]}.{names[parts[-1]]}"
        writer.add_tensor(f"{stored}.weight", tensor.numpy().astype(np.float32))
    write_out(writer)
    return file


def test_a_folder_of_each_role_is_found(tmp_path: Path, models: Path) -> None:
    embedder, reranker = write_embedder(tmp_path / "embedder"), write_cross_encoder(tmp_path / "reranker")
    entailment = write_cross_encoder(tmp_path / "entailment", labels=3)
    assert resolve_model(str(embedder), "embedder", models) == embedder
    assert resolve_model(str(reranker), "reranker", models) == reranker
    assert resolve_model(str(entailment), "entailment", models) == entailment


def test_a_folder_of_another_role_is_one_sentence_with_its_name_as_given(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    save_bert(tmp_path / "other")
    with pytest.raises(ModelError, match=r"^'~/other' is an? ") as caught:
        resolve_model("~/other", "generator", models)
    assert len(str(caught.value)) <= LONGEST
    assert "models verify" not in str(caught.value)


def test_an_incomplete_folder_is_refused_before_it_is_converted(my_model: Path, models: Path) -> None:
    (my_model / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"model\.safetensors is missing"):
        resolve_model(str(my_model), "generator", models, weights="int8")
    assert not models.exists()


def test_a_file_of_weights_is_no_model(my_model: Path, models: Path) -> None:
    with pytest.raises(ModelError, match=r"is a file, and neither a model folder nor a GGUF file\. Give the folder"):
        resolve_model(str(my_model / "model.safetensors"), "generator", models)


def test_a_gguf_file_is_a_chat_model_only(tmp_path: Path, models: Path) -> None:
    file = write_gguf(tmp_path / "small.gguf")
    with pytest.raises(ModelError, match="is read as a chat model only"):
        resolve_model(str(file), "embedder", models)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(ModelError, match="is damaged or cut off"):
        resolve_model(str(file), "generator", models)


def test_a_gguf_file_unpacked_computes_as_its_model_and_what_lies_beside_it_is_not_read(
    tmp_path: Path, models: Path
) -> None:
    file = write_gguf(tmp_path / "small.gguf")
    trap = Trap(tmp_path / "marker")
    (tmp_path / "own.py").write_text(trap.code)
    auto_map = {"AutoTokenizer": ["own.Own", None]}
    edit_json(tmp_path / "tokenizer_config.json", tokenizer_class="Own", auto_map=auto_map)
    (tmp_path / "adapter_config.json").write_text("{}")
    folder = resolve_model(str(file), "generator", models)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.chat_template == CHAT_TEMPLATE
    assert not trap.marker.exists()
    assert tokenizer("abc", add_special_tokens=False)["input_ids"] == [29, 5]
    original = random_model(vocab_size=len(WORDS), dtype=torch.bfloat16)
    unpacked = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    assert unpacked.config.eos_token_id == 2
    norm = "model.norm.weight"
    assert torch.equal(unpacked.state_dict()[norm], original.state_dict()[norm])


def test_a_name_that_cannot_be_resolved_is_explained(no_hub: None, models: Path) -> None:
    with pytest.raises(ModelError, match=r"no model 'nonsense'.*default, tiny"):
        resolve_model("nonsense", "generator", models)
    with pytest.raises(ModelError, match=r"no model 'nonsense'.*minilm, mpnet, multilingual"):
        resolve_model("nonsense", "embedder", models)
    with pytest.raises(ModelError, match="of the role embedder, not generator"):
        resolve_model("minilm", "generator", models)
    with pytest.raises(ModelError, match="hub cannot be reached for 'org/some-model'"):
        resolve_model("org/some-model", "generator", models)
    with pytest.raises(ModelError, match="stay offline"):
        resolve_model("org/some-model", "generator", models, offline=True)


def test_a_short_name_stands_for_its_repository(hub: FakeHub, models: Path, my_model: Path) -> None:
    hub.repositories["HuggingFaceTB/SmolLM3-3B"] = {path.name: path.read_bytes() for path in my_model.iterdir()}
    folder = resolve_model("smollm3-3b", "generator", models)
    assert folder == models / "hub" / "HuggingFaceTB--SmolLM3-3B"
    assert resolve_model("HuggingFaceTB/SmolLM3-3B", "generator", models, offline=True) == folder
    with pytest.raises(ModelError, match="'smollm3-3b' is of the role generator, not reranker"):
        resolve_model("smollm3-3b", "reranker", models)


def test_a_gguf_of_the_hub_is_fetched_and_judged_like_a_local_one(hub: FakeHub, models: Path) -> None:
    hub.repositories["org/model"] = {"Q8/a.gguf": b"gguf" * 1000}
    with pytest.raises(ModelError, match=r"^'org/model/Q8/a\.gguf' "):
        resolve_model("org/model/Q8/a.gguf", "generator", models, weights="int8")
    with pytest.raises(ModelError, match="no embedder"):
        resolve_model("org/model/Q8/a.gguf", "embedder", models)


def test_a_hub_model_downloaded_before_is_found_offline(models: Path) -> None:
    folder = write_cross_encoder(models / "hub" / "org--some-model")
    (folder / ".complete").touch()
    assert resolve_model("org/some-model", "reranker", models, offline=True) == folder
    with pytest.raises(ModelError, match=r"^'org/some-model' is "):
        resolve_model("org/some-model", "generator", models, offline=True)


@pytest.mark.parametrize("closed", ["my-model", "my-model/config.json", "."])
def test_a_model_that_may_not_be_read_is_one_sentence(
    my_model: Path, models: Path, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(my_model.parent / closed, monkeypatch)
    with pytest.raises(ModelError, match=r"my-model' cannot be read: permission denied for "):
        resolve_model(str(my_model), "generator", models)


def test_what_changes_beside_the_models_files_does_not_count(
    my_model: Path, models: Path, converter: Converter
) -> None:
    before = find(my_model, models)
    (my_model / ".git").mkdir()
    (my_model / ".gitattributes").write_text("*.safetensors filter=lfs")
    (my_model / ".#config.json").symlink_to("somebody@host.123:456")  # an editor's lock
    (my_model / "original.files").mkdir()
    assert find(my_model, models) == before
    assert len(converter.asked) == 1


@pytest.fixture
def only_readable(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what makes every folder one that cannot be written to; permissions do not stop the superuser."""

    def refuse(path: object, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    def begin() -> None:
        monkeypatch.setattr(FileLock, "acquire", refuse)
        monkeypatch.setattr(Path, "symlink_to", refuse)
        monkeypatch.setattr(Path, "hardlink_to", refuse)

    return begin


@pytest.mark.parametrize("does", [WHOLE, "exit 3"])
@pytest.mark.parametrize("kind", ["folder", "GGUF file"])
def test_what_was_converted_is_used_from_a_folder_that_is_only_readable(
    my_model: Path, models: Path, converter: Converter, only_readable: Callable[[], None], kind: str, does: str
) -> None:
    model = my_model if kind == "folder" else write_gguf(my_model / "model.gguf")
    converter.does(f'[ "$WEIGHTS" = bfloat16 ] || {{ {does}; }}; mkdir -p "$OUT"')
    found = find(model, models)
    only_readable()
    assert find(model, models) == found


@pytest.mark.parametrize("kind", ["folder", "GGUF file"])
def test_a_model_that_cannot_be_converted_for_want_of_a_permission_is_one_sentence(
    my_model: Path, models: Path, converter: Converter, only_readable: Callable[[], None], kind: str
) -> None:
    model = my_model if kind == "folder" else write_gguf(my_model / "model.gguf")
    only_readable()
    with pytest.raises(ModelError, match=r"cannot be written: read-only file system\. .*CITEWELL_MODELS"):
        find(model, models)
    assert converter.asked == []
