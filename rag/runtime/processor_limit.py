"""The processors that this process may use: the machine's, or less in a container or a service with a limit (cgroups).

A limit is a share of time. With a thread for each processor of the machine it is used up at once, and all of them wait
for the rest of the time.
"""

from collections.abc import Iterator

import psutil

from rag.runtime.control_groups import groups


def allowed_processors() -> int:
    """Return how many threads can compute all the time: a limit is rounded to whole processors, at least 1."""
    process = psutil.Process()
    own = process.cpu_affinity() if hasattr(process, "cpu_affinity") else ()  # not on macOS
    least = min([float(len(own) or psutil.cpu_count() or 1), *_limits()])
    return max(1, int(least + 0.5))


def _limits() -> Iterator[float]:
    """Yield the limit of each group that this process is in, in processors."""
    for path, is_version_2 in groups("cpu"):
        try:
            if is_version_2:
                quota, period = (path / "cpu.max").read_text().split()
            else:
                quota, period = ((path / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
            if int(quota) > 0:  # -1 is no limit
                yield int(quota) / int(period)
        except (OSError, ValueError):  # no limit ("max"), or the group of another controller
            continue
