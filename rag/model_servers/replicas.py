"""Several servers with the same model: which of them the next request goes to, and which are put aside.

It goes to the least busy, or where the prompt's beginning is cached. Servers are ranked for a key by rendezvous
hashing: every process that has the same addresses ranks them alike, and a server that comes or goes moves only the keys
that are ranked first there.
"""

import itertools
import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Lock
from typing import Literal

from rag.errors import CitewellError
from rag.model_servers.protocol_client import ServerClient
from rag.model_servers.server_failures import OutOfServiceError, SilentServerError

log = logging.getLogger(__name__)

MUCH_BUSIER = 2
"""A prompt goes where its beginning is cached unless the least busy server has more than so many requests less."""

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0

BreakerState = Literal["in use", "due", "aside"]
"""`due`: the pause is over, and one request is to find out whether the server is back."""


@dataclass(slots=True)
class CircuitBreaker:
    """When a server that fails is tried again: after a pause that grows with every failure, by one request.

    Times are seconds of a monotonic clock.
    """

    failures: int = 0
    aside_until: float = 0.0
    is_probed: bool = False

    def state(self, now: float) -> BreakerState:
        """Return whether requests go to the server."""
        if not self.failures:
            return "in use"
        return "aside" if now < self.aside_until or self.is_probed else "due"

    def try_it(self) -> None:
        """Note that a request is on its way: if the pause is over, it is the only one until its end."""
        self.is_probed = bool(self.failures)

    def works(self) -> None:
        """Note that the server has answered."""
        self.failures, self.is_probed = 0, False

    def fails(self, now: float) -> None:
        """Note a failure. Requests that fail together, such as those of a process that ended, count as one."""
        if not self.failures or now >= self.aside_until:
            self.failures += 1
            self.aside_until = now + min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self.failures - 1, 10))
        self.is_probed = False


@dataclass(eq=False, slots=True)
class Replica:
    """One server, its state, and the requests that it has not ended yet."""

    client: ServerClient
    outstanding: int = 0
    breaker: CircuitBreaker = field(default_factory=CircuitBreaker)

    @property
    def host(self) -> str:
        """The server's host, as people are told of it."""
        return self.client.server.host


@dataclass(frozen=True, slots=True)
class ReplicaState:
    """State of a replica as it is shown. `setting` names the model."""

    setting: str
    host: str
    state: BreakerState
    outstanding: int


class Replicas:
    """The servers of one setting, used by many threads."""

    def __init__(
        self, setting: str, clients: Sequence[ServerClient], now: Callable[[], float] = time.monotonic
    ) -> None:
        self.setting = setting
        self._all = [Replica(client) for client in clients]
        self._now = now
        self._lock = Lock()
        self._turns = itertools.count()

    def states(self) -> list[ReplicaState]:
        """Return the state of each server, in the order of the setting."""
        with self._lock:
            now = self._now()
            return [
                ReplicaState(self.setting, each.host, each.breaker.state(now), each.outstanding) for each in self._all
            ]

    def take(self, key: str, tried: Collection[Replica], *, computes: bool = True) -> Replica | None:
        """Return the server that a request goes to, and count it there; None if all were `tried`.

        First comes one whose pause is over, for a single request that `computes` finds out about it; then one in use;
        and only if there is none, the one whose pause ends next. Requests without a `key` go to the least busy one.
        """
        with self._lock:
            now = self._now()
            left = [each for each in self._all if each not in tried]
            due, usable = ([each for each in left if each.breaker.state(now) == state] for state in ("due", "in use"))
            if computes and due:
                chosen = due[0]
            elif usable:
                chosen = self._choose(usable, key)
            elif left:
                chosen = min(left, key=lambda each: each.breaker.aside_until)
            else:
                return None
            chosen.outstanding += 1
            if computes:
                chosen.breaker.try_it()
            return chosen

    def _choose(self, usable: list[Replica], key: str) -> Replica:
        by_address = {each.client.server.address: each for each in usable}
        loads = {address: each.outstanding for address, each in by_address.items()}
        if key:
            return by_address[choose(loads, key, MUCH_BUSIER)]
        return by_address[choose(loads, str(next(self._turns)), 0)]

    def release(self, replica: Replica) -> None:
        """Note that a request has ended."""
        with self._lock:
            replica.outstanding -= 1

    @contextmanager
    def judged(self, replica: Replica, *, computes: bool = True) -> Iterator[None]:
        """Learn from what is done inside whether the server works.

        A request that was given up says nothing of that; nor does an answer for which the model does not compute.
        """
        try:
            yield
        except (OutOfServiceError, SilentServerError) as error:
            self._put_aside(replica, str(error))
            raise
        except CitewellError:  # it answers, if only to refuse
            self._take_back(replica)
            raise
        except BaseException:
            with self._lock:
                replica.breaker.is_probed = False
            raise
        else:
            if computes:
                self._take_back(replica)

    def _put_aside(self, replica: Replica, sentence: str) -> None:
        with self._lock:
            was_in_use = replica.breaker.state(self._now()) == "in use"
            replica.breaker.fails(self._now())
        if was_in_use:
            log.warning("%s Other servers of the model are asked meanwhile.", sentence)

    def _take_back(self, replica: Replica) -> None:
        with self._lock:
            was_aside = replica.breaker.state(self._now()) != "in use"
            replica.breaker.works()
        if was_aside:
            log.warning("The server at %s answers again.", replica.host)


def choose(loads: Mapping[str, int], key: str, slack: int) -> str:
    """Return the address that is ranked first for `key` of those with at most `slack` requests beyond the least busy.

    `loads` has the number of requests by address.
    """
    most = min(loads.values()) + slack
    return max((address for address, load in loads.items() if load <= most), key=lambda address: _weight(key, address))


def _weight(key: str, address: str) -> bytes:
    return blake2b(f"{key}\0{address}".encode(), digest_size=8).digest()
