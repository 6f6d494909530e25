"""Connect to public addresses only, or to private ones that a setting names.

The address that a name resolves to is checked, and exactly that one is connected to: a name that resolves to something
else a moment later gains nothing. TLS still verifies the name.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore2

from rag.errors import DocumentError, SettingsError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_IPV4_IN_IPV6 = tuple(IPv6Network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48"))
"""Networks of NAT64, whose last 32 bits are the IPv4 address that is reached."""

_TUNNELS = tuple(IPv6Network(each) for each in ("2002::/16", "2001::/32", "::/96"))
"""6to4, Teredo and addresses compatible with IPv4: nobody serves pages there, but some routers lead inwards."""

_MAX_ADDRESSES = 8


class PrivateAddressError(DocumentError):
    """An address is not public, and no setting names it."""


@dataclass(frozen=True, slots=True)
class PrivateHosts:
    """Hosts that may be connected to although they are not public: names, addresses and networks."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[str]) -> "PrivateHosts":
        """Return the hosts that the setting lists.

        Raises:
            SettingsError: an entry is neither a name nor an address nor a network.
        """
        names, networks = set(), []
        for entry in entries:
            text = entry.strip().lower()
            try:
                networks.append(ip_network(text, strict=False))
            except ValueError:
                if not text or set(text) & set("/:@ *"):
                    raise SettingsError(
                        f"Setting 'web_private_hosts' has '{entry}': give a host's name, an IP address, or a network "
                        "such as 10.0.0.0/8."
                    ) from None
                names.add(text.rstrip("."))
        return cls(frozenset(names), tuple(networks))

    def allow(self, host: str, address: Address) -> bool:
        """Return True if an address that `host` resolves to may be connected to."""
        return is_public(address) or host.lower() in self.names or any(address in each for each in self.networks)


def is_public(address: Address) -> bool:
    """Return True if an address is one of the public internet, also within an IPv6 address that stands for it."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped
        if inner is None and any(address in network for network in _IPV4_IN_IPV6):
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if any(address in network for network in _TUNNELS) or address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


@dataclass
class Deadline:
    """The moment until which a page must have been fetched; whoever fetches it moves it."""

    at: float = field(default=float("inf"))

    def within(self, timeout: float | None) -> float:
        """Return the timeout, shortened to the time that is left.

        Raises:
            httpcore2.ReadTimeout: no time is left.
        """
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout
        return left if timeout is None else min(timeout, left)


class GuardedBackend(httpcore2.NetworkBackend):
    """Connect only where it is allowed, and read only until the deadline."""

    def __init__(self, private: PrivateHosts, deadline: Deadline) -> None:
        self._private = private
        self._deadline = deadline
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first allowed address of a host that answers.

        Raises:
            PrivateAddressError: the host has no other addresses than private ones.
            DocumentError: there is no such host.
        """
        failure: Exception | None = None
        for address in self._allowed(host, port):
            try:
                stream = self._plain.connect_tcp(
                    str(address), port, self._deadline.within(timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
                continue
            return _TimedStream(stream, self._deadline)
        raise failure or httpcore2.ConnectError

    def _allowed(self, host: str, port: int) -> Sequence[Address]:
        found = list(dict.fromkeys(_resolve(host.strip("[]"), port)))
        allowed = [address for address in found if self._private.allow(host, address)]
        if not allowed:
            raise PrivateAddressError(
                f"'{host}' is an address of a private network, and these are not fetched from "
                "(setting web_private_hosts names exceptions)"
            )
        return allowed[:_MAX_ADDRESSES]


class _TimedStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.within(timeout))
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _resolve(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DocumentError(
            f"no site is found under the name '{host}': check the address, and whether this machine is online"
        ) from error
    # An address with a zone ("fe80::1%eth0") is one of the local network whatever the zone.
    return [ip_address(str(place[0]).partition("%")[0]) for *_, place in found]
