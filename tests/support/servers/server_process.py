"""A server in a process of its own on a free port of this machine, with a folder of what it stores and logs."""

import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from tests.support.servers.free_port import free_port
from tests.support.servers.process_group import end_group
from tests.support.waiting import until

SECONDS_TO_START = 60


class ServerProcess(ABC):
    """A server; `address` is where it is. What it stores outlives a `stop`, until `close`."""

    def __init__(self, name: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix=f"citewell-{name}-"))
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._options: dict[str, Any] = {"start_new_session": True}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command(), stdout=log, stderr=log, cwd=self._folder, **self._options)
        until(self._is_ready, SECONDS_TO_START)

    def stop(self) -> None:
        """End it with the processes that it started; what was written stays."""
        if self._process is not None:
            end_group(self._process, 20)
            self._process = None

    def close(self) -> None:
        """End it, and delete its data."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @abstractmethod
    def _command(self) -> list[str]: ...

    @abstractmethod
    def _answers(self) -> bool: ...

    def _is_ready(self) -> bool:
        """Return whether it answers; a server that has ended says why in its log."""
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "log").read_text()
        return self._answers()
