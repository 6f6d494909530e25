"""A server of a model in a process of its own, which is a module of the tests."""

import os
import signal
import subprocess
import sys

from tests.support.paths import ROOT
from tests.support.servers.free_port import free_port


class ModelProcess:
    """A running server; its port stays the same when it is started again. `address` is the base of its API.

    The module is given its arguments and the port, and prints an address once it listens.
    """

    def __init__(self, module: str, *arguments: object, port: int = 0, stderr: int | None = None) -> None:
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}/v1"
        self._command = [sys.executable, "-m", module, *map(str, arguments), str(self.port)]
        self._stderr = stderr
        self.start()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self._process = subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._stderr, text=True
        )
        assert self._process.stdout
        assert self._process.stdout.readline().startswith("http"), "the server did not start"

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        os.kill(self._process.pid, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        """End it."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
