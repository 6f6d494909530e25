"""`citewell models` as its user meets it: what this machine can run, the catalog, and models that are not in it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from rag.errors import ModelError
from rag.models import machine_speed
from rag.models.catalog import CATALOG
from rag.models.converted_sums import SUMS, write_sums
from rag.models.named_models import CHAT_MODELS, NAMED_MODELS
from rag.models.resolve import conversion_home
from rag.models.speed_estimate import Gpu
from tests.rag.models.conftest import write_cross_encoder
from tests.rag.models.fake_hub import COMMIT, FakeHub
from tests.rag.models.test_speed_estimate import MACHINE, RATES


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CITEWELL_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_speed, "describe_machine", lambda: MACHINE)
    monkeypatch.setattr(machine_speed, "measure_rates", lambda _: RATES)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["models", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


@pytest.mark.usefixtures("measured", "models")
def test_without_a_command_it_says_what_this_machine_can_run() -> None:
    found = json.loads(run("--json"))
    rows = {row["name"]: row for row in found["models"]}
    assert set(rows) == {spec.name for spec in CATALOG if spec.role == "generator"} | {m.name for m in CHAT_MODELS}
    assert (found["machine"]["memory_bytes"], found["rates"]["read_bytes"]) == (8_000_000_000, 10e9)
    default, large = rows["qwen2.5-coder-1.5b"], rows["qwen2.5-7b"]
    assert (default["fits"], default["fits_now"], default["measured"], large["fits"]) == (True, True, True, False)
    assert default["answer_seconds"] == pytest.approx(
        1000 / default["prefill_tokens_per_second"] + 60 / default["decode_tokens_per_second"], rel=0.01
    )
    assert default["decode_tokens_per_second"] > 2 * rows["qwen3-4b-instruct"]["decode_tokens_per_second"]
    assert default["conversion_bytes"] > default["memory_bytes"] > 2_000_000_000


@pytest.mark.usefixtures("models", "measured")
def test_on_a_gpu_no_speed_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_speed, "describe_machine", lambda: replace(MACHINE, gpu=Gpu("a GPU", 6_000_000_000)))
    found = json.loads(run("--json"))
    assert found["rates"] is None
    assert {row["answer_seconds"] for row in found["models"]} == {None}
    assert "Speeds on a GPU were not measured" in run()


def test_all_models_with_a_name_are_listed_with_what_each_costs(models: Path) -> None:
    rows = json.loads(run("list", "--json"))
    assert [row["name"] for row in rows] == [spec.name for spec in CATALOG] + [model.name for model in NAMED_MODELS]
    assert not any(row["fetched"] for row in rows)
    assert all(row["download_bytes"] > 0 and row["licence"] for row in rows)
    table = run("list")
    assert table.startswith("Models in ")
    assert all(spec.name in table for spec in CATALOG)


@pytest.fixture
def served(hub: FakeHub, tmp_path: Path) -> dict[str, bytes]:
    """Serve a small reranker under two names, and return its files."""
    folder = write_cross_encoder(tmp_path / "reranker")
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    hub.repositories["cross-encoder/ms-marco-MiniLM-L6-v2"] = hub.repositories["org/reranker"] = files
    return files


@pytest.mark.usefixtures("served")
def test_a_model_of_the_hub_is_fetched_by_its_short_name_listed_and_verified(models: Path) -> None:
    result = CliRunner().invoke(app, ["models", "fetch", "ms-marco-minilm"])
    assert result.exception is None, result.output
    assert "ms-marco-minilm: 91 MB to download" in result.stderr
    folder = models / "hub" / "cross-encoder--ms-marco-MiniLM-L6-v2"
    assert result.stdout.startswith(f"ms-marco-minilm: ready in {folder}")
    assert {row["name"] for row in json.loads(run("list", "--json")) if row["fetched"]} == {"ms-marco-minilm"}
    sentence = f"every file matches the hash that the model hub gave for it at commit {COMMIT[:12]}"
    assert run("verify", "ms-marco-minilm") == f"ms-marco-minilm: {sentence}\n"
    assert run("verify") == f"cross-encoder/ms-marco-MiniLM-L6-v2: {sentence}\n"
    (folder / "config.json").write_bytes(b"[]")
    with pytest.raises(ModelError, match=r"config\.json has changed"):
        run("verify")


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def converted_of(models: Path, name: str, layout: str) -> Path:
    """Return a folder in which the conversion of a model to `layout` lies, with its sums."""
    folder = models / name / layout
    folder.mkdir(parents=True)
    (folder / "weights").write_bytes(bytes(range(256)) * 16)
    write_sums(folder)
    return folder


@pytest.mark.parametrize("layout", ["int8-3", "unpacked"])
def test_one_flipped_bit_of_what_was_converted_is_found(layout: str, models: Path) -> None:
    folder = converted_of(models, "converted/mine-0123456789abcdef", layout)
    sentence = "every file matches the sum that was written when it was converted"
    assert run("verify") == f"mine-0123456789abcdef, converted ({layout}): {sentence}\n"
    flip_a_bit(folder / "weights")
    with pytest.raises(ModelError, match=rf"{layout}/weights has changed .* Remove .*/{layout}, and it will be"):
        run("verify")


@pytest.mark.usefixtures("served")
def test_what_is_loaded_is_verified_with_the_files_it_was_converted_from(models: Path) -> None:
    run("fetch", "org/reranker")
    home = conversion_home(models / "hub" / "org--reranker", models)
    folder = converted_of(models, f"converted/{home.name}", "int8-3")
    first, second = run("verify", "org/reranker").splitlines()
    assert (first.split(":")[0], second.split(":")[0]) == ("org/reranker", "org/reranker, converted (int8-3)")
    assert run("verify").splitlines() == [first, second]
    (folder / SUMS).unlink()
    assert "not checked, since it was converted before sums were kept" in run("verify", "org/reranker")


@pytest.mark.usefixtures("models", "measured")
def test_models_of_servers_are_said_by_name_and_host_and_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in ("MODEL", "EMBEDDER"):
        monkeypatch.setenv(f"CITEWELL_{setting}", "openai:qwen3:4b@http://127.0.0.1:11434/v1")
    label = "openai:qwen3:4b at 127.0.0.1:11434"
    assert json.loads(run("--json"))["servers"] == {"model": label, "embedder": label}
    assert f"The model that is set is not on this machine: {label}." in run()
    assert run("fetch") == f"{label}: on its server, nothing to fetch\n" * 2
