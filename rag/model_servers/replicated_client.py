"""The client of several servers with the same model: a request that one cannot answer goes to another.

That is so until the first text of an answer has arrived. After it, an answer is never begun again: nothing is said
twice.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from hashlib import blake2b
from itertools import chain
from threading import Event
from typing import Any, TypeVar

from rag.errors import BusyError
from rag.model_servers.cancellable_network import CancelledError
from rag.model_servers.protocol_client import ATTEMPTS, Json, ServerClient, backoff
from rag.model_servers.replicas import Replica, Replicas
from rag.model_servers.server_failures import Failures, OutOfServiceError, message_in
from rag.runtime.progress import CancelEvent
from rag.types.server_model import ServerModel

T = TypeVar("T")

_Take = Callable[[list[Replica]], Replica | None]
"""Return the server that comes next, given those that were tried."""

_TEXTS = ("content", "reasoning_content", "reasoning", "tool_calls")


class ReplicatedClient:
    """A `ModelClient` of several servers; `replicas` are their clients, made as clients of replicas."""

    def __init__(
        self,
        server: ServerModel,
        setting: str,
        clients: list[ServerClient],
        *,
        sleep: Callable[[CancelEvent, float], bool] = Event.wait,
    ) -> None:
        self.server = server
        self.failures = Failures(server, setting, "")
        self.replicas = Replicas(setting, clients)
        self._clients = clients
        self._sleep = sleep

    def close(self) -> None:
        """Close the connections that are kept open."""
        for client in self._clients:
            client.close()

    def post(self, path: str, body: Json) -> Json:
        """Return the answer of one of the servers; see `ServerClient.post`."""
        return self._whole(lambda client: client.post(path, body), computes=True)

    def find(self, path: str, body: Json | None = None) -> Json | None:
        """Return what one of the servers answers; see `ServerClient.find`."""
        return self._whole(lambda client: client.find(path, body), computes=False)

    def models(self) -> list[Json]:
        """Return the models that one of the servers lists."""
        return self._whole(lambda client: client.models(), computes=False)

    @contextmanager
    def chat(self, body: Json, cancelled: CancelEvent) -> Iterator[Iterator[Json]]:
        """Open a streamed answer, and yield its pieces once there is text; see `ServerClient.chat`."""
        with ExitStack() as answer:
            begin = partial(self._begin, answer, body, cancelled)
            take = partial(self.replicas.take, prefix_key(body.get("messages")))
            yield self._first_answer(begin, cancelled, take)

    def _whole(self, ask: Callable[[ServerClient], T], *, computes: bool) -> T:
        def counted(replica: Replica) -> T:
            try:
                with self.replicas.judged(replica, computes=computes):
                    return ask(replica.client)
            finally:
                self.replicas.release(replica)

        return self._first_answer(counted, Event(), partial(self.replicas.take, "", computes=computes))

    def _first_answer(self, ask: Callable[[Replica], T], cancelled: CancelEvent, take: _Take) -> T:
        """Return what the first server answers that does: all are tried, a few times if that may help."""
        for attempt in range(ATTEMPTS):
            failed: dict[str, OutOfServiceError | BusyError] = {}
            tried: list[Replica] = []
            while replica := take(tried):
                tried.append(replica)
                try:
                    return ask(replica)
                except (OutOfServiceError, BusyError) as error:
                    failed[replica.host] = error
            may_pass = any(isinstance(error, BusyError) or error.passes for error in failed.values())
            if attempt == ATTEMPTS - 1 or not may_pass:
                break
            if self._sleep(cancelled, backoff(attempt)):
                raise CancelledError
        raise self._all_out(failed)

    def _all_out(self, failed: dict[str, OutOfServiceError | BusyError]) -> Exception:
        busy = [error for error in failed.values() if isinstance(error, BusyError)]
        if len(busy) == len(failed):
            return busy[-1]
        reasons = {host: "busy" if isinstance(error, BusyError) else error.reason for host, error in failed.items()}
        return self.failures.all_out(reasons)

    def _begin(self, answer: ExitStack, body: Json, cancelled: CancelEvent, replica: Replica) -> Iterator[Json]:
        """Return the pieces of a server's answer once its first text is here; `answer` keeps it open."""
        with ExitStack() as opened:
            opened.callback(self.replicas.release, replica)
            with self.replicas.judged(replica):
                pieces = opened.enter_context(replica.client.chat(body, cancelled))
                held: list[Json] = []
                for piece in pieces:
                    held.append(piece)
                    if _is_begun(piece):
                        break
                else:
                    raise replica.client.failures.broken_off()
            answer.push(opened.pop_all())
        return self._pieces(replica, chain(held, pieces))

    def _pieces(self, replica: Replica, pieces: Iterator[Json]) -> Iterator[Json]:
        """Yield the pieces of an answer; what goes wrong is said of the server that gives it."""
        is_ended = False
        with self.replicas.judged(replica):
            for piece in pieces:
                if piece.get("error"):
                    raise replica.client.failures.in_stream(message_in(piece))
                is_ended = is_ended or _ends(piece)
                yield piece
            if not is_ended:
                raise replica.client.failures.broken_off()


def _is_begun(piece: Json) -> bool:
    """Return whether a piece has text, ends the answer, or says that it fails."""
    return (
        bool(piece.get("error")) or _ends(piece) or any(delta.get(name) for delta in _deltas(piece) for name in _TEXTS)
    )


def _ends(piece: Json) -> bool:
    return any(isinstance(choice.get("finish_reason"), str) for choice in _choices(piece))


def _deltas(piece: Json) -> list[Json]:
    return [delta for choice in _choices(piece) if isinstance(delta := choice.get("delta"), dict)]


def _choices(piece: Json) -> list[Json]:
    choices = piece.get("choices")
    return [choice for choice in choices if isinstance(choice, dict)] if isinstance(choices, list) else []


def prefix_key(messages: Any) -> str:
    """Return the key of a conversation: its messages up to the first question, which every later prompt begins with.

    "" if there are none.
    """
    rows = messages if isinstance(messages, list) else []
    first = next((index for index, row in enumerate(rows) if row.get("role") == "user"), len(rows) - 1)
    prefix = "\0".join(f"{row.get('role')}\0{row.get('content')}" for row in rows[: first + 1])
    return blake2b(prefix.encode(), digest_size=16).hexdigest() if prefix else ""
