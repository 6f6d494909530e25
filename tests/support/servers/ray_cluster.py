"""A real Ray cluster on this machine: a head that does no work, and nodes that can be killed as a whole.

Every node has a loopback address of its own. Ray listens on all addresses then, and lets nobody in without the token,
which is made for the cluster. Nodes begin in sessions of their own and are ended by their process ids.
"""

import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import psutil

from rag.runtime.child_process import import_environment
from tests.support.servers.free_port import free_port
from tests.support.waiting import until

_START_S = 300
_FIRST_ADDRESS = 2
_COMMAND = (sys.executable, "-c", "import sys; from ray.scripts.scripts import main; sys.exit(main())", "start")


class RayNode:
    """A node: `ray start` and all that it started."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command, env=environment, stdout=output, stderr=output, start_new_session=True
            )
        self._log = log

    def processes(self) -> list[psutil.Process]:
        """Return its processes, the first one first."""
        try:
            first = psutil.Process(self._process.pid)
            return [first, *first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def reading(self) -> psutil.Process | None:
        """Return a process of its that reads a file, if there is one."""
        for process in self.processes():
            with suppress(psutil.Error):
                if "ray::NodeWorker.read" in " ".join(process.cmdline()):
                    return process
        return None

    def kill(self) -> None:
        """Kill all of it with SIGKILL, as a machine does that loses its power."""
        doomed = self.processes()
        for process in doomed:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self._process.wait()
        psutil.wait_procs(doomed, timeout=30)

    def require_running(self) -> None:
        assert self._process.poll() is None, self._log.read_text()


class RayCluster:
    """A head at `address`, and the nodes that were added. `environment` is what a program needs that joins it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(_FIRST_ADDRESS)
        self.token = secrets.token_hex(32)
        self.address = f"127.0.0.{_FIRST_ADDRESS}:{free_port()}"
        self.nodes: list[RayNode] = []
        port = self.address.rpartition(":")[2]
        self.head = self._start(0, "--head", f"--port={port}", "--include-dashboard=false")

    @property
    def environment(self) -> dict[str, str]:
        ray = {
            "AUTH_MODE": "token",
            "AUTH_TOKEN": self.token,
            "USAGE_STATS_ENABLED": "0",
            "enable_worker_prestart": "0",
        }
        ray |= {"raylet_start_wait_time_s": str(_START_S), "worker_niceness": "0"}
        return {**import_environment(), **{f"RAY_{name}": value for name, value in ray.items()}}

    def add(self, cpus: int = 3) -> RayNode:
        """Start a node and return it; whether it has joined is for `wait_for`."""
        node = self._start(cpus, f"--address={self.address}")
        self.nodes.append(node)
        return node

    def kill(self, node: RayNode) -> None:
        """Kill a node, which is not one of the cluster's any more."""
        node.kill()
        self.nodes.remove(node)

    def wait_for(self, nodes: int) -> None:
        """Wait until so many nodes are alive, the head among them."""
        code = (
            f"import ray; ray.init({self.address!r}, logging_level='CRITICAL'); "
            "print(len([node for node in ray.nodes() if node['Alive']]))"
        )

        def are_alive() -> bool:
            for node in (self.head, *self.nodes):
                node.require_running()
            return self._answers() and int((self._run(code) or "0").split()[0]) >= nodes

        until(are_alive, _START_S)

    def _answers(self) -> bool:
        host, _, port = self.address.rpartition(":")
        with suppress(OSError), socket.create_connection((host, int(port)), 5):
            return True
        return False

    def _run(self, code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], env=self.environment, capture_output=True, text=True, check=False
        )
        return done.stdout

    def close(self) -> None:
        """End all nodes."""
        for node in (*self.nodes, self.head):
            node.kill()

    def _start(self, cpus: int, *options: str) -> RayNode:
        number = next(self._numbers)
        command = [*_COMMAND, *options, f"--node-ip-address=127.0.0.{number}", f"--num-cpus={cpus}", "--block"]
        command += ["--object-store-memory=200000000", "--disable-usage-stats"]
        command += ["--min-worker-port=0", "--max-worker-port=0"]  # the usual ones would be those of the other nodes
        command += [f"--dashboard-agent-listen-port={free_port()}"]
        command += [f"--temp-dir={self._folder / str(number)}"]  # two nodes that begin at once would share sockets
        return RayNode(command, self.environment, self._folder / f"node-{number}.log")


@contextmanager
def ray_cluster(nodes: int = 0, cpus: int = 3) -> Iterator[RayCluster]:
    """Yield a cluster with so many nodes that work, all alive."""
    with tempfile.TemporaryDirectory(prefix="ray-") as folder:
        cluster = RayCluster(Path(folder))
        try:
            for _ in range(nodes):
                cluster.add(cpus)
            cluster.wait_for(nodes + 1)
            yield cluster
        finally:
            cluster.close()
