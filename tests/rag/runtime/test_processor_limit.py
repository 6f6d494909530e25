"""The processors of a process are the machine's, those it may run on, or those of the narrowest group it is in."""

from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from rag.runtime import limits
from rag.runtime.limits import allowed_processors


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system of its own, on which this process may run on six processors."""
    monkeypatch.setattr(psutil, "Process", lambda: SimpleNamespace(cpu_affinity=lambda: [*range(6)]))
    monkeypatch.setattr(limits, "ROOT", tmp_path)
    return tmp_path


def in_groups(root: Path, *lines: str) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text("\n".join(lines) + "\n")
    return root / "sys/fs/cgroup"


def group(folder: Path, limit: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cpu.max").write_text(f"{limit}\n")


def test_without_a_limit_it_has_those_it_may_run_on(root: Path) -> None:
    assert allowed_processors() == 6
    group(in_groups(root, "0::/docker/0123456789ab"), "max 100000")
    assert allowed_processors() == 6


@pytest.mark.parametrize(("quota", "processors"), [(20_000, 1), (100_000, 1), (150_000, 2), (240_000, 2), (900_000, 6)])
def test_a_containers_limit_is_rounded_to_whole_processors(root: Path, quota: int, processors: int) -> None:
    group(in_groups(root, "0::/docker/0123456789ab"), f"{quota} 100000")
    assert allowed_processors() == processors


def test_the_limit_of_a_group_above_counts_too(root: Path) -> None:
    mount = in_groups(root, "0::/pod/container")
    group(mount / "pod/container", "400000 100000")
    group(mount / "pod", "150000 50000")
    assert allowed_processors() == 3


@pytest.mark.parametrize(("quota", "processors"), [(-1, 6), (200_000, 2)])
def test_a_system_of_version_1_has_its_limit_in_files_of_other_names(root: Path, quota: int, processors: int) -> None:
    own = in_groups(root, "5:cpu,cpuacct:/jobs/mine", "4:memory:/jobs", "0::/") / "cpu/jobs/mine"
    own.mkdir(parents=True)
    (own / "cpu.cfs_quota_us").write_text(f"{quota}\n")
    (own / "cpu.cfs_period_us").write_text("100000\n")
    assert allowed_processors() == processors


def test_a_system_without_such_groups_or_affinity_has_all_its_processors(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "Process", SimpleNamespace)
    monkeypatch.setattr(psutil, "cpu_count", lambda: 8)
    assert allowed_processors() == 8
