"""llama.cpp's own server (the package xllamacpp) in a process of its own, on a free port of this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.models.server.protocol_client import ServerClient
from rag.types.server_model import parse_server_model
from tests.support.paths import ROOT

_KEPT: list[socket.socket] = []
"""Sockets that keep the ports that were given away."""


class LlamaServer:
    """A running server of one model; `address` is the base of its API."""

    def __init__(self, model: Path, role: str = "chat", port: int = 0) -> None:
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}/v1"
        command = [sys.executable, "-m", __name__, str(model), role, str(self.port)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout
        assert self._process.stdout.readline().startswith("http"), "the server did not start"

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        os.kill(self._process.pid, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


@contextmanager
def llama_server(model: Path, role: str = "chat") -> Iterator[LlamaServer]:
    """Yield a running server, and end it."""
    server = LlamaServer(model, role)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def client_of(address: str, name: str = "model", setting: str = "model", **options: Any) -> Iterator[ServerClient]:
    """Yield a client of a server, and close it."""
    client = ServerClient(parse_server_model(f"openai:{name}@{address}", setting), setting, **options)
    try:
        yield client
    finally:
        client.close()


def free_port() -> int:
    """Return a port of this machine where nobody listens, and that nobody else is given while this process runs.

    It stays bound, and may be shared: a server that is ended and started again finds it free each time, and until then
    connections are refused.
    """
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # what llama.cpp's server asks for in its place
    kept.bind(("127.0.0.1", 0))
    _KEPT.append(kept)
    return int(kept.getsockname()[1])


def _serve(model: str, role: str, port: int) -> None:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path, parameters.hostnames, parameters.port = model, ["127.0.0.1"], port
    parameters.n_ctx, parameters.n_parallel, parameters.verbosity = 2048, 1, -1
    # Two threads that wait for each other are slow beside the tests' own work.
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
    if role != "chat":
        parameters.embedding = True
        parameters.n_ctx = parameters.n_batch = parameters.n_ubatch = 512
        kinds = xllamacpp.llama_pooling_type
        parameters.pooling_type = kinds.LLAMA_POOLING_TYPE_RANK if role == "rerank" else kinds.LLAMA_POOLING_TYPE_MEAN
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    while os.getppid() != 1:  # it ends with the tests
        time.sleep(0.2)


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2], int(sys.argv[3]))
