"""The memory and processors that this process may use: the machine's, or less in a container or a service with a limit.

Linux limits them by groups of processes (cgroups). A limit of processors is a share of time: with a thread for each
processor of the machine it is used up at once, and all of them wait for the rest of the time.
"""

from collections.abc import Iterator
from pathlib import Path

import psutil

ROOT = Path("/")
"""Where the system shows the groups: `proc/self/cgroup` and `sys/fs/cgroup`."""

_MEMORY_FILES = {
    True: ("memory.max", "memory.current", ("inactive_file", "active_file")),
    False: ("memory.limit_in_bytes", "memory.usage_in_bytes", ("total_inactive_file", "total_active_file")),
}
"""Limit, use, and what of the use are files in the system's cache: in version 2 of cgroups, and in version 1."""


def total_memory() -> int:
    """Return the memory that this process could use if nothing else did, in bytes."""
    return min([int(psutil.virtual_memory().total), *(limit for limit, _ in _memory_limits())])


def available_memory() -> int:
    """Return the memory that this process can still use, in bytes; beyond it, the system ends a process."""
    return max(0, min([int(psutil.virtual_memory().available), *(limit - used for limit, used in _memory_limits())]))


def allowed_processors() -> int:
    """Return how many threads can compute all the time: a limit is rounded to whole processors, at least 1."""
    process = psutil.Process()
    own = process.cpu_affinity() if hasattr(process, "cpu_affinity") else ()  # not on macOS
    least = min([float(len(own) or psutil.cpu_count() or 1), *_processor_limits()])
    return max(1, int(least + 0.5))


def _memory_limits() -> Iterator[tuple[int, int]]:
    """Yield the limit of each group that this process is in, and what the group uses of it.

    Files in the cache do not count as used, as in the system's own figure: they give way.
    """
    for path, is_version_2 in _groups("memory"):
        limit_file, used_file, cached = _MEMORY_FILES[is_version_2]
        try:
            limit, used = (int((path / name).read_text()) for name in (limit_file, used_file))
            counts = dict(line.split() for line in (path / "memory.stat").read_text().splitlines())
            yield limit, used - sum(int(counts.get(name, 0)) for name in cached)
        except (OSError, ValueError):  # no limit ("max"), or the group of another controller
            continue


def _processor_limits() -> Iterator[float]:
    """Yield the limit of each group that this process is in, in processors."""
    for path, is_version_2 in _groups("cpu"):
        try:
            if is_version_2:
                quota, period = (path / "cpu.max").read_text().split()
            else:
                quota, period = ((path / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
            if int(quota) > 0:  # -1 is no limit
                yield int(quota) / int(period)
        except (OSError, ValueError):  # no limit ("max"), or the group of another controller
            continue


def _groups(controller: str) -> Iterator[tuple[Path, bool]]:
    """Yield the folders of this process's groups that limit the use of "memory" or "cpu", and whether of version 2.

    Their parents limit it too; in a container, only the last of them may be there.
    """
    try:
        lines = (ROOT / "proc/self/cgroup").read_text().splitlines()
    except OSError:  # not Linux
        return
    for line in lines:
        _, controllers, own = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        mount = ROOT / "sys/fs/cgroup" / (controller if controllers else "")
        for name in (own, *map(str, Path(own).parents)):
            yield mount / name.lstrip("/"), not controllers
