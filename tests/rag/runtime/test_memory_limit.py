"""The memory of a process is the machine's, or that of the narrowest group it is in."""

from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from rag.runtime import limits
from rag.runtime.limits import available_memory, total_memory

GB = 1_000_000_000


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system of its own, on a machine with 64 GB of which 40 are free."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=64 * GB, available=40 * GB))
    monkeypatch.setattr(limits, "ROOT", tmp_path)
    return tmp_path


def in_groups(root: Path, *lines: str) -> None:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text("\n".join(lines) + "\n")


def group(folder: Path, limit: str, used: int = 0, inactive: int = 0, active: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 7\nactive_file {active}\ninactive_file {inactive}\nunevictable 0\n")


def test_a_service_has_its_limit_less_what_it_uses_besides_files_in_the_cache(root: Path) -> None:
    in_groups(root, "0::/system.slice/citewell.service")
    group(root / "sys/fs/cgroup/system.slice/citewell.service", str(10 * GB), 7 * GB, inactive=2 * GB, active=GB)
    group(root / "sys/fs/cgroup/system.slice", "max")
    assert (total_memory(), available_memory()) == (10 * GB, 6 * GB)


def test_the_limit_of_a_group_above_counts_too(root: Path) -> None:
    in_groups(root, "0::/pod/container")
    group(root / "sys/fs/cgroup/pod/container", str(10 * GB))
    group(root / "sys/fs/cgroup/pod", str(8 * GB), 5 * GB)
    assert (total_memory(), available_memory()) == (8 * GB, 3 * GB)


def test_a_container_that_sees_only_its_own_group_has_its_limit(root: Path) -> None:
    in_groups(root, "0::/docker/0123456789ab")
    group(root / "sys/fs/cgroup", str(4 * GB), GB)
    assert (total_memory(), available_memory()) == (4 * GB, 3 * GB)


def test_a_system_of_version_1_has_its_limit_in_files_of_other_names(root: Path) -> None:
    in_groups(root, "5:cpu,cpuacct:/jobs", "4:memory:/jobs/mine", "0::/")
    own = root / "sys/fs/cgroup/memory/jobs/mine"
    own.mkdir(parents=True)
    (own / "memory.limit_in_bytes").write_text(f"{6 * GB}\n")
    (own / "memory.usage_in_bytes").write_text(f"{5 * GB}\n")
    (own / "memory.stat").write_text(f"cache 3\ninactive_file 1\ntotal_inactive_file {GB}\ntotal_active_file {GB}\n")
    assert (total_memory(), available_memory()) == (6 * GB, 3 * GB)
