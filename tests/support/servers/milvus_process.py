"""A real Milvus server in processes of its own, on a free port of this machine, ended by their process group.

It is Milvus Lite, which is one process and speaks Milvus's protocol, or the standalone server of the package `milvus`,
whose newest version is too old for sparse vectors. What takes several machines is tested with neither.
"""

import os
import shutil
import sys
from contextlib import closing
from importlib.util import find_spec

from rag.errors import LibraryError
from rag.stores.milvus.milvus_server import MilvusServer
from tests.support.servers.server_process import ServerProcess

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


class MilvusProcess(ServerProcess):
    """A running server."""

    def __init__(self, program: str | None = None) -> None:
        super().__init__("milvus")
        self._program = program
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with closing(OlderMilvus(self.address)) as self._client:
            super().start()

    def _command(self) -> list[str]:
        data = str(self._folder / "data")
        if self._program is not None:
            return [self._program, "--data", data, "--proxy-port", str(self.port)]
        command = [sys.executable, "-m", "milvus_lite", "server", "--data-dir", data, "--host", "127.0.0.1"]
        return [*command, "--port", str(self.port)]

    def _answers(self) -> bool:
        try:
            self._client.call("list_collections")
        except LibraryError:
            return False
        return True
