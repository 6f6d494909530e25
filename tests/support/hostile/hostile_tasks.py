"""Tasks for a reading process that do what a hostile document might make a library do."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

from rag.errors import DocumentError

LEAKED: list[bytes] = []


def echo(value: Any) -> Any:
    return value


def pid() -> int:
    return os.getpid()


def parts(*, times: int) -> Iterator[Any]:
    yield from range(times)


def image() -> bytes:
    return b"\x00\xff" * 10


def refuse() -> None:
    raise DocumentError("the PDF is damaged")


def fail() -> None:
    raise KeyError("Root")


def open_missing_file() -> None:
    open("no such file").close()  # noqa: PTH123


def crash() -> None:
    os.abort()


def leave() -> None:
    os._exit(0)


def hang() -> None:
    time.sleep(600)


def compute() -> None:
    while True:
        pass


def drip() -> Iterator[int]:
    for number in count():
        time.sleep(0.05)
        yield number


def swell() -> int:
    return len([bytearray(1 << 20) for _ in count()])


def grow(*, megabytes: int) -> int:
    LEAKED.append(bytes(range(256)) * 4096 * megabytes)
    return os.getpid()


def nest() -> Any:
    return nest()


def flood() -> Iterator[str]:
    while True:
        yield "x" * 100_000


def shout() -> str:
    print("to standard output")  # noqa: T201
    os.write(1, b"and around Python")
    print("to standard error" * 100_000, file=sys.stderr)  # noqa: T201
    return "done"


def nonsense() -> None:
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, b"\x80\x04pickled?" * 10)
        except OSError:
            continue


def connect() -> None:
    socket.create_connection(("127.0.0.1", 9), timeout=1)


def start() -> None:
    subprocess.run(["true"], check=True)


TASKS = {
    task.__name__: task
    for task in (
        echo, pid, parts, image, refuse, fail, open_missing_file, crash, leave, hang, compute, drip, swell,
        grow, nest, flood, shout,
        nonsense, connect, start,
    )
}  # fmt: skip
