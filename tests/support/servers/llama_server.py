"""llama.cpp's own server (the package xllamacpp) in a process of its own, on a free port of this machine."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.model_servers.protocol_client import ServerClient
from rag.types.server_model import parse_server_model
from tests.support.servers.model_process import ModelProcess


class LlamaServer(ModelProcess):
    """A running server of one model; `address` is the base of its API."""

    def __init__(self, model: Path, role: str = "chat", port: int = 0) -> None:
        super().__init__(__name__, model, role, port=port, stderr=subprocess.DEVNULL)


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
