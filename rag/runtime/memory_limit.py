"""The memory that this process may use: the machine's, or less in a container or a service with a limit (cgroups)."""

from collections.abc import Iterator
from pathlib import Path

import psutil

ROOT = Path("/")
"""Where the system shows the groups of processes, Linux only: `proc/self/cgroup` and `sys/fs/cgroup`."""

_FILES = {
    True: ("memory.max", "memory.current", ("inactive_file", "active_file")),
    False: ("memory.limit_in_bytes", "memory.usage_in_bytes", ("total_inactive_file", "total_active_file")),
}
"""Limit, use, and what of the use are files in the system's cache: in version 2 of cgroups, and in version 1."""


def total_memory() -> int:
    """Return the memory that this process could use if nothing else did, in bytes."""
    return min([int(psutil.virtual_memory().total), *(limit for limit, _ in _limits())])


def available_memory() -> int:
    """Return the memory that this process can still use, in bytes; beyond it, the system ends a process."""
    return max(0, min([int(psutil.virtual_memory().available), *(limit - used for limit, used in _limits())]))


def _limits() -> Iterator[tuple[int, int]]:
    """Yield the limit of each group that this process is in, and what the group uses of it.

    Files in the cache do not count as used, as in the system's own figure: they give way.
    """
    for path, is_version_2 in _groups():
        limit_file, used_file, cached = _FILES[is_version_2]
        try:
            limit, used = (int((path / name).read_text()) for name in (limit_file, used_file))
            counts = dict(line.split() for line in (path / "memory.stat").read_text().splitlines())
            yield limit, used - sum(int(counts.get(name, 0)) for name in cached)
        except (OSError, ValueError):  # no limit ("max"), or the group of another controller
            continue


def _groups() -> Iterator[tuple[Path, bool]]:
    """Yield the folders of this process's groups with their parents: in a container, only the last may be there."""
    try:
        lines = (ROOT / "proc/self/cgroup").read_text().splitlines()
    except OSError:  # not Linux
        return
    for line in lines:
        _, controllers, own = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        mount = ROOT / "sys/fs/cgroup" / ("memory" if controllers else "")
        for name in (own, *map(str, Path(own).parents)):
            yield mount / name.lstrip("/"), not controllers
