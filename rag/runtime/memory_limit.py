"""The memory that this process may use: the machine's, or less in a container or a service with a limit (cgroups)."""

from collections.abc import Iterator

import psutil

from rag.runtime.control_groups import groups

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
    for path, is_version_2 in groups("memory"):
        limit_file, used_file, cached = _FILES[is_version_2]
        try:
            limit, used = (int((path / name).read_text()) for name in (limit_file, used_file))
            counts = dict(line.split() for line in (path / "memory.stat").read_text().splitlines())
            yield limit, used - sum(int(counts.get(name, 0)) for name in cached)
        except (OSError, ValueError):  # no limit ("max"), or the group of another controller
            continue
