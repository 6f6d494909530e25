"""Join a Ray cluster, or start one on this machine that listens on loopback alone."""

import os
import secrets
import socket
import time
from typing import Any

from rag.errors import ClusterError, SettingsError, needing_extra

LOCAL = "local"
"""The address that stands for a cluster of this machine's processors, which ends with the run."""

CPUS_PER_WORKER = 2
"""One embeds, one runs the process that reads documents."""

SPARE_CPUS = 1
"""CPUs a node keeps for Ray's own tasks: jobs whose actors held every CPU were seen never to finish."""

_OBJECT_STORE_BYTES = 512_000_000
_CONNECT_S = 5.0
_NO_NODE_S = 90.0
"""For so long a cluster may be without a node that can work: one that is restarted comes back earlier."""


class Cluster:
    """A connection to a Ray cluster, joined when it is first needed.

    Raises:
        SettingsError: Ray is not installed, or the address is none.
    """

    def __init__(self, address: str = LOCAL) -> None:
        self._address = address
        self._control = None if address == LOCAL else _host_and_port(address)
        self.ray = import_ray(address)
        self._is_joined = False
        self._had_nodes = 0.0

    def join(self) -> None:
        """Connect to the cluster, unless that is done.

        Raises:
            ClusterError: there is none at the address.
        """
        if self._is_joined:
            return
        if self._control and not _answers(self._control):
            raise self._unreachable("nobody answers there")
        try:
            self.ray.init(**self._options(), log_to_driver=False, logging_level="CRITICAL")
        except Exception as error:  # Ray raises this very class where a node does not start
            self.ray.shutdown()
            raise self._unreachable(str(error).strip().split("\n")[0] or type(error).__name__) from error
        if self._address == LOCAL:
            del os.environ["RAY_AUTH_TOKEN"]  # Ray has it; no program that we start needs it
        self._is_joined = True
        self._control = _host_and_port(self.ray.get_runtime_context().gcs_address)
        self._had_nodes = time.monotonic()

    def close(self) -> None:
        """Leave the cluster; end it if it is this machine's own."""
        if self._is_joined:
            self.ray.shutdown()
            self._is_joined = False
            self._control = None if self._address == LOCAL else self._control

    def _options(self) -> dict[str, Any]:
        if self._address != LOCAL:
            return {"address": self._address}
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
        return {
            "address": LOCAL,
            "num_cpus": max(CPUS_PER_WORKER + SPARE_CPUS, os.cpu_count() or 1),
            "include_dashboard": False,
            "object_store_memory": _OBJECT_STORE_BYTES,
        }

    def _unreachable(self, reason: str) -> ClusterError:
        return ClusterError(
            f"There is no Ray cluster at {self._address} that can be joined ({reason.rstrip('.')}). Start one as "
            f"docs/ingestion.md says, or use '--ray {LOCAL}'."
        )

    @property
    def gpus(self) -> int:
        """GPUs of all nodes. Where there are any, each worker has one, and nodes without do not embed."""
        return int(self.ray.cluster_resources().get("GPU", 0))

    def workers(self) -> int:
        """Return how many workers the nodes bear with a CPU to spare each.

        Raises:
            ClusterError: none.
        """
        most = self._room()
        if not most:
            raise ClusterError(
                f"No node of the Ray cluster has {CPUS_PER_WORKER + SPARE_CPUS} CPUs, which reading, embedding and Ray "
                "itself need. Start nodes with more ('ray start --num-cpus')."
            )
        return min(most, self.gpus) if self.gpus else most

    def require_alive(self) -> None:
        """Raise a `ClusterError` if no node that could work is left, and none came back for a while."""
        if self._control and not _answers(self._control):
            raise ClusterError(
                "The head of the Ray cluster is gone. What is stored stays stored: start it again, and run this again."
            )
        now = time.monotonic()
        if self._room():
            self._had_nodes = now
        elif now - self._had_nodes > _NO_NODE_S:
            raise ClusterError(
                "All nodes of the Ray cluster that could work are gone. What is stored stays stored: start nodes, and "
                "run this again."
            )

    def _room(self) -> int:
        cpus = [int(node["Resources"].get("CPU", 0)) for node in self.ray.nodes() if node["Alive"]]
        return sum(max(0, count - SPARE_CPUS) // CPUS_PER_WORKER for count in cpus)


def import_ray(address: str = LOCAL) -> Any:
    """Return the module, told to let nobody in without the token, and not to report to its makers.

    Raises:
        SettingsError: it is not installed.
    """
    os.environ["RAY_AUTH_MODE"] = "token"  # whoever reaches a port of Ray's could run programs
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what goes wrong is said once, by us
    os.environ["RAY_DEDUP_LOGS"] = "1"  # with the next one: no message among our results on standard output
    os.environ["RAY_DEDUP_LOGS_SKIP_REGEX"] = "."
    os.environ.setdefault("RAY_raylet_start_wait_time_s", "300")  # a busy machine needs more than Ray's 30
    os.environ.setdefault("RAY_worker_niceness", "0")  # Ray's 15 leaves workers next to nothing on a busy machine
    if address == LOCAL:
        # Only then does Ray take 127.0.0.1 as its address; with any other, even 127.0.0.2, it listens everywhere.
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    with needing_extra("ray", "Ingestion with Ray needs {}.", rest=", on every node"):
        import ray
    return ray


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or "/" in host:
        raise SettingsError(f"'{address}' is no address of a Ray cluster: give HOST:PORT of its head, or '{LOCAL}'.")
    return host.strip("[]"), int(port)


def _answers(address: tuple[str, int]) -> bool:
    """Return True if somebody listens there. Ray itself would ask for minutes."""
    try:
        socket.create_connection(address, _CONNECT_S).close()
    except OSError:
        return False
    return True
