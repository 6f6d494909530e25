"""Fetching from the hub, through its real client: checked, resumed, whole or not at all."""

import json
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from huggingface_hub.errors import OfflineModeIsEnabled

from rag.errors import ModelError
from rag.models.snapshot import fetch_gguf, fetch_model, hub_error
from tests.rag.models.fake_hub import CHAT_CONFIG, COMMIT, FakeHub

WEIGHTS = b"weights " * 500_000
MODEL = {"config.json": CHAT_CONFIG, "tokenizer.json": b"t" * 5000, "model.safetensors": WEIGHTS}
NEVER_FETCHED = dict.fromkeys(
    (
        *("consolidated.safetensors", "pytorch_model.bin", "pytorch_model.bin.index.json", "model-q8_0.gguf"),
        *("original/params.json", "original/consolidated.00.pth", "onnx/config.json", "openvino/model.json"),
        *("modeling_own.py", ".eval.json", "README.md", "blocks.json", "int8.json", "blocks.bin"),
    ),
    b"{}",
)
SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"


@pytest.fixture
def served(hub: FakeHub) -> FakeHub:
    hub.repositories["org/model"] = {**MODEL, **NEVER_FETCHED}
    return hub


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "verified.json"
    }


def test_a_model_arrives_whole_with_the_hashes_it_was_checked_against(served: FakeHub, models: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    folder = fetch_model("org/model", models, lambda *step: seen.append(step))
    assert folder == models / "hub" / "org--model"
    assert contents(folder) == MODEL
    assert served.fetched() == set(MODEL)
    about = json.loads((folder / "verified.json").read_text())
    assert (about["name"], about["commit"]) == ("org/model", COMMIT)
    assert [sorted(known) for known in about["files"].values()] == [["git_sha1", "size"], *[["sha256", "size"]] * 2]
    assert seen[0] == ("fetching org/model from the model hub", 0, 0)
    assert seen[-1] == ("checking model.safetensors", len(WEIGHTS), len(WEIGHTS))
    assert [path.name for path in (models / "hub").iterdir() if path.is_dir()] == ["org--model"]


def index_of(*shards: str) -> bytes:
    return json.dumps({"weight_map": {str(n): shard for n, shard in enumerate(shards)}}).encode()


@pytest.mark.parametrize(
    "model",
    [
        {
            "config.json": CHAT_CONFIG,
            "tokenizer.model": b"t",
            "chat_template.jinja": b"j",
            "model.safetensors": WEIGHTS,
        },
        {
            "config.json": CHAT_CONFIG,
            INDEX: index_of("model.safetensors-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"),
            "model.safetensors-00001-of-00002.safetensors": b"1" * 2000,
            "model-00002-of-00002.safetensors": b"2" * 2000,
        },
        {
            "modules.json": b"[]",
            "config.json": b"{}",
            "model.safetensors": WEIGHTS,
            "1_Pooling/config.json": b"{}",
            "2_Dense/config.json": b"{}",
            "2_Dense/model.safetensors": b"d" * 2000,
        },
        {"modules.json": b"[]", "0_Static/model.safetensors": WEIGHTS, "0_Static/tokenizer.json": b"{}"},
    ],
    ids=["one file", "shards", "modules", "static"],
)
def test_only_what_a_model_is_loaded_from_is_fetched(hub: FakeHub, models: Path, model: dict[str, bytes]) -> None:
    hub.repositories["org/model"] = {**NEVER_FETCHED, **model}
    assert contents(fetch_model("org/model", models)) == model
    assert hub.fetched() == set(model)


def test_an_index_beside_whole_weights_is_left_out(served: FakeHub, models: Path) -> None:
    served.repositories["org/model"][INDEX] = index_of("a.safetensors")
    assert contents(fetch_model("org/model", models)) == MODEL


@pytest.mark.parametrize("index", [b"no json", index_of("../../elsewhere.safetensors"), index_of("blocks.bin")])
def test_shards_that_the_repository_does_not_have_are_said(hub: FakeHub, models: Path, index: bytes) -> None:
    hub.repositories["org/model"] = {"config.json": CHAT_CONFIG, INDEX: index, "blocks.bin": b"x"}
    with pytest.raises(ModelError, match="'org/model' is incomplete"):
        fetch_model("org/model", models)


@pytest.mark.parametrize(
    ("paths", "sentence"),
    [
        (["config.json", "pytorch_model.bin"], r"no weights in safetensors format\. Pickled weights"),
        (["config.json", "adapter_config.json", "adapter_model.safetensors"], "is an adapter"),
        (
            ["a-Q2_K.gguf", "a-Q8_0.gguf", "a-Q4_K_M.gguf", "mmproj-f16.gguf", "b-00001-of-00002.gguf"],
            r"GGUF only: name the file\. Try 'org/model/a-Q4_K_M\.gguf'\. Also there: a-Q8_0\.gguf, a-Q2_K\.gguf\.$",
        ),
        ([f"a-rather-long-name-of-a-model-{n:03}-Q8_0.gguf" for n in range(60)], r"000-Q8_0\.gguf'.*…\.$"),
    ],
)
def test_a_repository_without_safetensors_is_refused_in_a_sentence(
    hub: FakeHub, models: Path, paths: list[str], sentence: str
) -> None:
    hub.repositories["org/model"] = dict.fromkeys(paths, b"x")
    with pytest.raises(ModelError, match=sentence) as refused:
        fetch_model("org/model", models)
    assert len(str(refused.value)) <= 300
    assert hub.fetched() == set()


def test_nobody_is_asked_offline_or_a_second_time(served: FakeHub, models: Path) -> None:
    with pytest.raises(ModelError, match="stay offline"):
        fetch_model("org/model", models, offline=True)
    assert served.log == []
    fetch_model("org/model", models)
    served.log.clear()
    assert fetch_model("org/model", models, offline=True) == models / "hub" / "org--model"
    assert served.log == []


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        ({"model_type": "llama", "quantization_config": {"quant_method": "fp8"}}, "'org/model' .*quantised"),
        ({"model_type": "t5", "architectures": ["T5ForConditionalGeneration"]}, "is a T5ForConditionalGeneration"),
        ({"model_type": "llama", "auto_map": {"AutoConfig": "code.Config"}, "architectures": ["Own"]}, "'org/model' "),
    ],
)
def test_what_could_not_be_used_is_refused_before_its_weights_are_fetched(
    served: FakeHub, models: Path, config: dict[str, object], sentence: str
) -> None:
    served.repositories["org/model"]["config.json"] = json.dumps(config).encode()
    with pytest.raises(ModelError, match=sentence) as refused:
        fetch_model("org/model", models)
    assert len(str(refused.value)) <= 300
    assert "model.safetensors" not in served.fetched()


def test_a_connection_that_breaks_off_is_taken_up_within_the_file(
    served: FakeHub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1_000_000)
    served.cut_after, served.fails_after_cut = 3_000_000, False
    assert contents(fetch_model("org/model", models)) == MODEL
    assert served.log[-1] == (f"/org/model/resolve/{COMMIT}/model.safetensors", 3_000_000)


def test_files_that_have_arrived_are_not_fetched_again(served: FakeHub, models: Path) -> None:
    served.cut_after = 3_000_000
    with pytest.raises(ModelError, match=r"hub cannot be reached for 'org/model'.*have arrived are kept"):
        fetch_model("org/model", models)
    served.failing = False
    served.log.clear()
    assert contents(fetch_model("org/model", models)) == MODEL
    assert served.fetched() == {"model.safetensors"}


def test_a_file_that_is_not_what_the_hub_says_is_thrown_away(served: FakeHub, models: Path) -> None:
    served.false_hashes.add("model.safetensors")
    with pytest.raises(ModelError, match=r"model\.safetensors of 'org/model' does not match the hash"):
        fetch_model("org/model", models)
    assert not (models / "hub" / "org--model").exists()
    served.false_hashes.clear()
    assert contents(fetch_model("org/model", models)) == MODEL


def test_without_a_hash_nothing_is_fetched(served: FakeHub, models: Path) -> None:
    served.without_hashes = True
    with pytest.raises(ModelError, match=r"gives no hash for config\.json"):
        fetch_model("org/model", models)
    assert served.fetched() == set()


def test_too_small_a_disk_is_reported_before_the_weights_are_fetched(
    served: FakeHub, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10_000_000, 9_000_000, 1_000_000))
    with pytest.raises(ModelError, match=r"'org/model' needs 0\.0 GB of disk .* CITEWELL_MODELS"):
        fetch_model("org/model", models)
    assert "model.safetensors" not in served.fetched()


def test_a_disk_that_fills_up_is_freed_again(served: FakeHub, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("huggingface_hub.file_download.http_get", full)
    with pytest.raises(ModelError, match="GB free"):
        fetch_model("org/model", models)
    assert not list((models / "hub").glob(".fetching-*"))


def test_a_login_opens_a_gated_repository(served: FakeHub, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served.gated.add("org/model")
    served.token = "hf_secret"
    licence = rf"'org/model' is gated\. Accept its licence at {served.address}/org/model, .* set HF_TOKEN"
    with pytest.raises(ModelError, match=licence):
        fetch_model("org/model", models)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert contents(fetch_model("org/model", models)) == MODEL


def test_one_gguf_file_is_fetched_alone_and_kept_apart(hub: FakeHub, models: Path) -> None:
    hub.repositories["org/model"] = {"Q8/a-Q8_0.gguf": WEIGHTS, "a-Q2_K.gguf": b"x" * 2000, "README.md": b"x"}
    path = fetch_gguf("org/model", "Q8/a-Q8_0.gguf", models)
    assert path == models / "hub" / "org--model--Q8--a-Q8_0.gguf" / "Q8" / "a-Q8_0.gguf"
    assert path.read_bytes() == WEIGHTS
    assert hub.fetched() == {"Q8/a-Q8_0.gguf"}
    with pytest.raises(ModelError, match="name the file"):
        fetch_model("org/model", models)


def test_a_gguf_that_is_not_there_or_not_whole_is_named(hub: FakeHub, models: Path) -> None:
    hub.repositories["org/model"] = {"a-Q4_K_M.gguf": b"x", "b-00001-of-00002.gguf": b"x"}
    hub.repositories["org/other"] = {"model.safetensors": b"x"}
    for name, file, sentence in (
        ("org/model", "c.gguf", r"no file 'c\.gguf'\. Try 'org/model/a-Q4_K_M\.gguf'"),
        ("org/model", "b-00001-of-00002.gguf", "one part of a GGUF"),
        ("org/other", "c.gguf", "has no GGUF"),
    ):
        with pytest.raises(ModelError, match=sentence):
            fetch_gguf(name, file, models)


def test_leftovers_of_another_commit_are_not_kept(served: FakeHub, models: Path) -> None:
    staging = models / "hub" / ".fetching-org--model"
    staging.mkdir(parents=True)
    for name in ("config.json", "tokenizer.json", "generation_config.json", "model.safetensors.0123456789ab.part"):
        (staging / name).write_bytes(b"of another commit")
    assert contents(fetch_model("org/model", models)) == MODEL


def test_why_the_hub_does_not_deliver_is_told_apart(hub: FakeHub, models: Path) -> None:
    for name, sentence in (
        ("org/none", r"no model 'org/none', or it needs a login \(HF_TOKEN\)"),
        ("org/--none..", "not a name that the model hub allows"),
    ):
        with pytest.raises(ModelError, match=sentence):
            fetch_model(name, models)
    assert "HF_HUB_OFFLINE" in str(hub_error(OfflineModeIsEnabled(), "org/model"))


def test_an_encoder_alone_is_fetched_for_who_wants_an_embedder(served: FakeHub, models: Path) -> None:
    encoder = {"model_type": "bert", "architectures": ["BertForMaskedLM"]}
    served.repositories["org/model"]["config.json"] = json.dumps(encoder).encode()
    with pytest.raises(ModelError, match="not a chat model"):
        fetch_model("org/model", models)
    assert fetch_model("org/model", models, role="embedder").is_dir()
