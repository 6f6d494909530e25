"""A connection that gives up a server which says nothing any more.

The network tells of a host that is gone (`tcp_user_timeout`), and the server ends statements that take too long
(`statement_timeout`). A server that hangs, or a network that takes bytes and delivers none, does neither.
"""

from time import monotonic
from typing import Any

import psycopg
from psycopg.abc import PQGen
from psycopg.rows import TupleRow

_INTERVAL_SECONDS = 0.1
_NOTHING = 0
"""What psycopg tells of a connection on which nothing came within the interval."""


class SilentServerError(psycopg.OperationalError):
    """A server said nothing for longer than it may."""


class PatientConnection(psycopg.Connection[TupleRow]):
    """A connection whose server may be silent for `patience` seconds at a time; None is for ever.

    It is closed when that is over: what was asked may yet be answered, and nobody could tell to what. `usual_patience`
    is that of reading.
    """

    patience: float | None = None
    usual_patience: float | None = None
    has_been_silent = False

    def wait(self, gen: PQGen[Any], interval: float = _INTERVAL_SECONDS, *more: Any, **named: Any) -> Any:
        """Run a step of the protocol to its end.

        Raises:
            SilentServerError: the server said nothing for too long.
        """
        if self.patience is None:
            return super().wait(gen, interval, *more, **named)
        try:
            return super().wait(_heard(gen, self.patience), interval, *more, **named)
        except SilentServerError:
            self.has_been_silent = True
            self.close()
            raise


def _heard(gen: PQGen[Any], seconds: float) -> PQGen[Any]:
    """Run a step of the protocol as long as something comes."""
    ready: Any = None
    last = monotonic()
    while True:
        try:
            wanted = gen.send(ready)
        except StopIteration as ended:
            return ended.value
        ready = yield wanted
        if ready != _NOTHING:
            last = monotonic()
        elif monotonic() - last > seconds:
            raise SilentServerError(f"the server has said nothing for {seconds:.0f} seconds")
