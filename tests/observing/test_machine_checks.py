"""The machine: what is missing, full, open to others, on a network or set back is said, with what to do."""

import shutil
import sys
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from observing import machine_checks, network_disks
from observing.machine_checks import clock, disk, machine, versions
from observing.network_disks import existing, network_disk

Usage = namedtuple("Usage", "total used free")


def states(about: str, folder: Path) -> dict[str, str]:
    return {each.text: each.state for each in disk(about, folder)}


def test_versions_name_citewell_and_what_it_is_built_on_and_a_package_that_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine_checks, "PACKAGES", ("torch", "nothing-of-this-name"))
    text = versions().text
    assert text.startswith("citewell ")
    assert "torch 2" in text
    assert "nothing-of-this-name missing" in text


def test_missing_kernels_and_little_memory_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(each.state == "fine" or each.advice for each in machine())
    memory = psutil.virtual_memory()._replace(available=10**9)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(machine_checks, "instructions", lambda: "none")
    found = {each.about: each for each in machine()}
    assert found["engine"].state == found["memory"].state == "attention"
    assert "C compiler" in found["engine"].advice


@pytest.mark.parametrize(("free", "state"), [(10e9, "fine"), (1e9, "attention"), (1e7, "fault")])
def test_a_full_disk_is_said_of_a_folder_that_does_not_exist_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: float, state: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1e12, 1e12 - free, free))
    assert next(iter(disk("models", tmp_path / "not" / "yet"))).state == state


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_a_library_that_others_can_read_is_said_and_models_may_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    folder.mkdir(mode=0o755)
    assert "attention" in states("library", folder).values()
    assert "attention" not in states("models", folder).values()
    folder.chmod(0o700)
    assert "attention" not in states("library", folder).values()


def test_a_clock_that_was_set_back_is_said() -> None:
    now = datetime.now(UTC)
    assert clock(None).state == clock(now - timedelta(hours=1)).state == "fine"
    assert clock(now + timedelta(days=1)).state == "attention"


def test_a_folder_that_is_not_there_yet_is_on_the_disk_of_the_one_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert existing(tmp_path / "a" / "b") == tmp_path
    assert network_disk("library", tmp_path / "a") is None
    monkeypatch.setattr(network_disks, "file_system", lambda place: "cifs" if place == tmp_path else "ext4")
    finding = network_disk("library", tmp_path / "a" / "b")
    assert finding
    assert (finding.about, finding.state) == ("library", "attention")
    assert "is on a network disk (cifs)" in finding.text


def test_the_file_system_of_a_path_is_that_of_the_nearest_mount(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Mount = namedtuple("Mount", "mountpoint fstype")
    inner = str(tmp_path.resolve())
    mounts = [Mount("/", "ext4"), Mount(inner, "nfs"), Mount(inner + "-other", "cifs")]
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: mounts)
    assert network_disks.file_system(tmp_path / "a") == "nfs"
