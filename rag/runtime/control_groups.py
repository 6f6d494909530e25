"""The groups of processes (cgroups) by which Linux limits what a container or a service may use."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")
"""Where the system shows them: `proc/self/cgroup` and `sys/fs/cgroup`."""


def groups(controller: str) -> Iterator[tuple[Path, bool]]:
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
