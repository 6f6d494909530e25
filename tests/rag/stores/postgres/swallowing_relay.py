"""A relay on loopback before a server, which can be told to take every byte and deliver none."""

import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

_STEP_S = 0.05
_CHUNK = 65536


class SwallowingRelay:
    """Listens on `port` of this machine, and hands on what comes to another port while `swallows` is not set."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(_STEP_S)
        self._ended = Event()
        self._threads = [Thread(target=self._accept)]
        self.port: int = self._listening.getsockname()[1]
        self.swallows = Event()
        self._threads[0].start()

    def close(self) -> None:
        """Cut all connections."""
        self._ended.set()
        for thread in self._threads:
            thread.join()
        self._listening.close()

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._listening.accept()
            except TimeoutError:
                continue
            self._threads.append(Thread(target=self._relay, args=(client,)))
            self._threads[-1].start()

    def _relay(self, client: socket.socket) -> None:
        with ExitStack() as opened:
            ends = [opened.enter_context(client)]
            ends.append(opened.enter_context(socket.create_connection(("127.0.0.1", self._target))))
            while not self._ended.is_set():
                for end in select.select(ends, [], [], _STEP_S)[0]:
                    try:
                        said = end.recv(_CHUNK)
                    except ConnectionError:
                        return
                    if not said:
                        return
                    if not self.swallows.is_set():
                        ends[ends.index(end) - 1].sendall(said)


@contextmanager
def swallowing_relay(target: int) -> Iterator[SwallowingRelay]:
    """Yield a relay before a port of this machine, and end it."""
    relay = SwallowingRelay(target)
    try:
        yield relay
    finally:
        relay.close()
