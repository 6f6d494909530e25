"""A real Milvus server in processes of its own, on a free port of this machine, ended by their process group.

It is Milvus Lite, which is one process and speaks Milvus's protocol, or the standalone server of the package `milvus`,
whose newest version is too old for sparse vectors. What takes several machines is tested with neither.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from rag.errors import LibraryError
from rag.stores.milvus.milvus_server import MilvusServer
from tests.support.servers.llama_server import free_port
from tests.support.servers.process_group import end_group
from tests.support.waiting import until

SECONDS_TO_START = 60


STANDALONE = "MILVUS_SERVER_PROGRAM"
"""Variable that names the program `milvus-server`, which needs packages of its own; by default it is looked for."""


class OlderMilvus(MilvusServer):
    """The connection to a standalone server, for vectors."""

    OLDEST = (2, 3)


def standalone() -> str | None:
    """Return the program of the standalone server; None if there is none."""
    return shutil.which(os.environ.get(STANDALONE) or "milvus-server")


def is_installed() -> bool:
    """Return whether the server is installed: the package `milvus-lite`."""
    return find_spec("milvus_lite") is not None


class MilvusProcess:
    """A running server; `address` is where it is. What it stores outlives a `stop`, until `close`."""

    def __init__(self, program: str | None = None) -> None:
        self._program = program
        self._folder = Path(tempfile.mkdtemp(prefix="citewell-milvus-"))
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        data = str(self._folder / "data")
        command = [sys.executable, "-m", "milvus_lite", "server", "--data-dir", data, "--host", "127.0.0.1"]
        command += ["--port", str(self.port)]
        if self._program is not None:
            command = [self._program, "--data", data, "--proxy-port", str(self.port)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder, start_new_session=True)
        server = OlderMilvus(self.address)
        until(lambda: self._runs() and _answers(server), SECONDS_TO_START)
        server.close()

    def _runs(self) -> bool:
        """Return True; a server that has ended says why in its log."""
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "log").read_text()
        return True

    def stop(self) -> None:
        """End it with the processes that it started; what was written stays."""
        if self._process is not None:
            end_group(self._process, 20)
            self._process = None

    def close(self) -> None:
        """End it, and delete its data."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


def _answers(server: MilvusServer) -> bool:
    try:
        server.call("list_collections")
    except LibraryError:
        return False
    return True
