"""A server of a model in a process of its own: it answers one request after the other, each in a fixed time.

`python -m tests.support.servers.slow_replica SECONDS PORT` prints its address, and ends with the program that started
it. What it says names the question and the server, so that a doubled or a lost text shows.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from threading import Lock

from tests.support.servers.model_process import ModelProcess
from tests.support.servers.scripted_server import CHAT, Handler, as_json, ended, event, said, scripted_server

WORDS = 4


class SlowReplica(ModelProcess):
    """A running server."""

    def __init__(self, seconds: float) -> None:
        super().__init__(__name__, seconds)


@contextmanager
def slow_replicas(number: int, seconds: float) -> Iterator[Sequence[SlowReplica]]:
    """Yield running servers, and end them."""
    with ExitStack() as started:
        replicas = [SlowReplica(seconds) for _ in range(number)]
        for replica in replicas:
            started.callback(replica.close)
        yield replicas


def _serve(seconds: float, port: int) -> None:
    turn = Lock()

    def reply(handler: Handler) -> None:
        question = handler.request_seen.body["messages"][-1]["content"]
        with turn:
            time.sleep(seconds)
            pieces = [said(f"{question} ") for _ in range(WORDS)]
            handler.begin_stream()
            # At once: an answer cut off after its first text is rightly told as broken, and never asked again.
            handler.wfile.write(b"".join(map(event, [*pieces, ended(prompt=12, completion=WORDS), "[DONE]"])))

    def embed(handler: Handler) -> None:
        texts = handler.request_seen.body["input"]
        rows = [{"index": index, "embedding": [float(len(text)), 1.0]} for index, text in enumerate(texts)]
        with turn:
            time.sleep(seconds)
            as_json({"data": rows})(handler)

    with scripted_server(port) as server:
        server.on(CHAT, reply)
        server.on("/v1/embeddings", embed)
        sys.stdout.write(f"{server.address}\n")
        sys.stdout.flush()
        sys.stdin.read()  # until the program that started it ends


if __name__ == "__main__":
    _serve(float(sys.argv[1]), int(sys.argv[2]))
