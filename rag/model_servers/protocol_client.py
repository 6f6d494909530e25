"""The client of the OpenAI protocol: JSON in and out, and streamed answers; bounded, retried, cancelled.

No proxy of the environment is used and no redirect followed: what is sent goes to the address that was set, and nowhere
else. A request is repeated only while nothing of its answer has arrived, if the connection was refused or the server
says that it is busy.
"""

import json
import random
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import Any

import httpcore2

from rag.errors import ServerError
from rag.model_servers.cancellable_network import CancellableBackend, CancelledError
from rag.model_servers.server_events import BadEventError, events
from rag.model_servers.server_failures import Failures, UnknownModelError, read_json
from rag.runtime.progress import CancelEvent
from rag.types.server_model import ServerModel

Json = dict[str, Any]

CONNECT_S = 5.0
_REPLICA_CONNECT_S = 2.0
_WRITE_S = 30.0
_MAX_JSON_BYTES = 200_000_000
_MAX_ERROR_BYTES = 64_000
ATTEMPTS = 4
_BACKOFF_S = 0.5
_MAX_RETRY_AFTER_S = 20.0
BUSY = (429, 502, 503, 504)
_DONE = "[DONE]"


class ServerClient:
    """Send requests to one server; close it at the end.

    `setting` names it, `seconds` is the longest wait for the next byte; `sleep` waits between two attempts, and returns
    True if the wait was cancelled. A client of a replica, one of several servers with the model, tries once: whoever
    has them all goes on to the next.
    """

    def __init__(
        self,
        server: ServerModel,
        setting: str,
        *,
        key: str = "",
        seconds: float = 120.0,
        sleep: Callable[[CancelEvent, float], bool] = Event.wait,
        is_replica: bool = False,
    ) -> None:
        self.server = server
        self.failures = Failures(server, setting, key)
        self._seconds = seconds
        self._sleep = sleep
        self._is_replica = is_replica
        self._connect_s = _REPLICA_CONNECT_S if is_replica else CONNECT_S
        self._headers = [
            ("Host", server.host),
            ("User-Agent", "Citewell"),
            ("Accept", "application/json, text/event-stream"),
            ("Content-Type", "application/json"),
            *([("Authorization", f"Bearer {key}")] if key else []),
        ]
        self._ssl: ssl.SSLContext | None = httpcore2.default_ssl_context() if server.is_encrypted else None
        self._pool = httpcore2.ConnectionPool(self._ssl, max_connections=8, keepalive_expiry=10.0)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._pool.close()

    def post(self, path: str, body: Json) -> Json:
        """Return the answer to a request below the API's address.

        Raises:
            CitewellError: the server cannot be reached, refuses, or answers with something else.
        """
        status, headers, answer = self._whole("POST", self.server.address + path, body)
        if status != 200:
            raise self._known(self.failures.of_status(status, headers, answer))
        return self._read_json(answer)

    def find(self, path: str, body: Json | None = None) -> Json | None:
        """Return what an address below the server's root answers; None if the server does not have it.

        Raises:
            ServerError: it cannot be reached.
        """
        return self._found(self.server.root + path, body)

    def models(self) -> list[Json]:
        """Return the models that the server lists."""
        listed = (self._found(f"{self.server.address}/models", None) or {}).get("data")
        rows = listed if isinstance(listed, list) else []
        return [row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]

    def _found(self, url: str, body: Json | None) -> Json | None:
        try:
            status, headers, answer = self._whole("GET" if body is None else "POST", url, body)
            if self._is_replica and status in BUSY:
                raise self.failures.of_status(status, headers, answer)
            found = read_json(answer) if status == 200 else None
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    @contextmanager
    def chat(self, body: Json, cancelled: CancelEvent) -> Iterator[Iterator[Json]]:
        """Open a streamed answer, and yield its pieces; leaving closes the connection, which stops the server.

        Raises:
            CancelledError: `cancelled` was set.
            CitewellError: the server cannot be reached, refuses, or breaks off; see `failures`.
        """
        backend = CancellableBackend(cancelled)
        with httpcore2.ConnectionPool(self._ssl, max_connections=1, network_backend=backend) as pool:
            response = self._open(pool, f"{self.server.address}/chat/completions", body, cancelled)
            try:
                yield self._pieces(response)
            finally:
                response.close()

    def _open(self, pool: httpcore2.ConnectionPool, url: str, body: Json, cancelled: CancelEvent) -> httpcore2.Response:
        response = self._attempted(partial(self._send, pool, "POST", url, body), cancelled)
        if response.status != 200:
            with self._explained():
                answer = _bounded(response, _MAX_ERROR_BYTES)
            response.close()
            raise self._known(self.failures.of_status(response.status, _headers(response), answer))
        return response

    def _pieces(self, response: httpcore2.Response) -> Iterator[Json]:
        """Yield the JSON of each event; of an answer that is not streamed after all, its whole as one piece."""
        kind = _headers(response).get("content-type", "")
        with self._explained():
            if "event-stream" not in kind:
                yield _whole_answer(self._read_json(_bounded(response, _MAX_JSON_BYTES)))
                return
            for data in events(response.iter_stream()):
                if data.strip() == _DONE:
                    return
                yield self._read_json(data)

    def _whole(self, method: str, url: str, body: Json | None) -> tuple[int, Mapping[str, str], bytes]:
        response = self._attempted(partial(self._send, self._pool, method, url, body), Event())
        try:
            with self._explained():
                limit = _MAX_JSON_BYTES if response.status == 200 else _MAX_ERROR_BYTES
                return response.status, _headers(response), _bounded(response, limit)
        finally:
            response.close()

    def _attempted(self, send: Callable[[], httpcore2.Response], cancelled: CancelEvent) -> httpcore2.Response:
        """Send a request until it is answered, as long as it is worth it."""
        for attempt in range(ATTEMPTS):
            is_last = self._is_replica or attempt == ATTEMPTS - 1
            wait = backoff(attempt)
            try:
                with self._explained():
                    response = send()
            except ServerError as error:
                if is_last or not _is_refused(error.__cause__):
                    raise
            else:
                if is_last or response.status not in BUSY:
                    return response
                wait = max(wait, _retry_after(response))
                response.close()
            if self._sleep(cancelled, wait):
                raise CancelledError
        raise AssertionError  # the last attempt returns or raises

    def _send(self, pool: httpcore2.ConnectionPool, method: str, url: str, body: Json | None) -> httpcore2.Response:
        content = b"" if body is None else json.dumps(body).encode()
        headers = [*self._headers, ("Content-Length", str(len(content)))]
        timeouts = {"connect": self._connect_s, "read": self._seconds, "write": _WRITE_S, "pool": self._seconds}
        request = httpcore2.Request(method, url, headers=headers, content=content, extensions={"timeout": timeouts})
        return pool.handle_request(request)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn the errors of the network and of the format into sentences."""
        try:
            yield
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
            raise self.failures.unreachable(self._reason(error), passes=_is_refused(error)) from error
        except httpcore2.TimeoutException as error:
            raise self.failures.silent(self._seconds) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, ssl.SSLError) as error:
            raise self.failures.broken_off() from error
        except BadEventError as error:
            raise self.failures.no_json("a stream that cannot be read") from error

    def _reason(self, error: Exception) -> str:
        if isinstance(error, httpcore2.ConnectTimeout):
            return f"no answer within {self._connect_s:g} seconds"
        cause = _system_error(error)
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {cause.verify_message}"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        return str(error) or type(error).__name__

    def _read_json(self, answer: bytes | str) -> Json:
        try:
            found = read_json(answer)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            start = answer[:200].decode("utf-8", "replace") if isinstance(answer, bytes) else answer
            raise self.failures.no_json("a web page" if start.lstrip().startswith("<") else "something that is no JSON")
        return found

    def _known(self, error: Exception) -> Exception:
        """Return the error; of an unknown model with the names of those that the server has."""
        if not isinstance(error, UnknownModelError):
            return error
        return UnknownModelError(self.failures.unknown_model(tuple(row["id"] for row in self.models()[:20])))


def _whole_answer(answer: Json) -> Json:
    """Return a whole answer in the form of a streamed piece."""
    choices = answer.get("choices")
    if isinstance(choices, list):
        rows = [row for row in choices if isinstance(row, dict)]
        answer = answer | {"choices": [row | {"delta": row.get("message")} for row in rows]}
    return answer


def _bounded(response: httpcore2.Response, limit: int) -> bytes:
    parts, size = [], 0
    for part in response.iter_stream():
        parts.append(part)
        size += len(part)
        if size > limit:
            raise BadEventError
    return b"".join(parts)


def _headers(response: httpcore2.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


def _retry_after(response: httpcore2.Response) -> float:
    """Return the seconds that a busy server asks to wait for, within reason; a date counts as none."""
    asked = _headers(response).get("retry-after", "").strip()
    return min(float(asked), _MAX_RETRY_AFTER_S) if asked.isdecimal() else 0.0


def backoff(attempt: int) -> float:
    """Return the seconds to wait after an attempt, the first being 0."""
    return float(_BACKOFF_S * 2**attempt * random.uniform(0.5, 1.0))  # noqa: S311  spreads retries, hides nothing


def _is_refused(error: BaseException | None) -> bool:
    """Return whether nobody listens at the address: a server that is being started again will."""
    return isinstance(_system_error(error), ConnectionRefusedError)


def _system_error(error: BaseException | None) -> BaseException | None:
    """Return the error of the operating system that one of the network library wraps."""
    return error.args[0] if error and error.args and isinstance(error.args[0], OSError) else None
