"""A folder is on a network disk if the mount that it is on is one."""

from collections import namedtuple
from pathlib import Path

import psutil
import pytest

from observing.checkup import network_disks
from observing.checkup.network_disks import existing, network_disk


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
