"""Choose one of several servers with the same model: the least busy, or where the prompt's beginning is cached.

Servers are ranked for a key by rendezvous hashing: every process that has the same addresses ranks them alike, and a
server that comes or goes moves only the keys that are ranked first there.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

MUCH_BUSIER = 2
"""A prompt goes where its beginning is cached unless the least busy server has more than so many requests less."""


def choose(loads: Mapping[str, int], key: str, slack: int) -> str:
    """Return the address that is ranked first for `key` of those with at most `slack` requests beyond the least busy.

    `loads` has the number of requests by address.
    """
    most = min(loads.values()) + slack
    return max((address for address, load in loads.items() if load <= most), key=lambda address: _weight(key, address))


def prefix_key(messages: Any) -> str:
    """Return the key of a conversation: its messages up to the first question, which every later prompt begins with.

    "" if there are none.
    """
    rows = messages if isinstance(messages, list) else []
    first = next((index for index, row in enumerate(rows) if row.get("role") == "user"), len(rows) - 1)
    prefix = "\0".join(f"{row.get('role')}\0{row.get('content')}" for row in rows[: first + 1])
    return blake2b(prefix.encode(), digest_size=16).hexdigest() if prefix else ""


def _weight(key: str, address: str) -> bytes:
    return blake2b(f"{key}\0{address}".encode(), digest_size=8).digest()
