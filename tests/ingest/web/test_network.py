"""Only public addresses are connected to, whatever name, notation or trick leads to another one."""

import socket
import time
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from typing import Any

import httpcore2
import pytest

from ingest.web.network import Deadline, GuardedBackend, PrivateAddressError, PrivateHosts, is_public
from rag.errors import DocumentError, SettingsError
from tests.ingest.web.site_server import Site


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    """0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.255 169.254.169.254 172.16.0.1 192.0.0.1 192.0.2.1 192.168.1.1
    198.18.0.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
    ::127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1:: fc00::1
    fd00:ec2::254 fe80::1 fec0::1 ff02::1 ff0e::1""".split(),
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


def connected_to(backend: GuardedBackend, host: str, port: int) -> Any:
    stream = backend.connect_tcp(host, port, timeout=5)
    try:
        return stream.get_extra_info("server_addr")
    finally:
        stream.close()


def guarded(*private: str) -> GuardedBackend:
    return GuardedBackend(PrivateHosts.of(private), Deadline())


def resolve_names(monkeypatch: pytest.MonkeyPatch, answers: Callable[[str], Sequence[str]]) -> None:
    """Let `answers` give the addresses of names; addresses are their own."""
    plain = socket.getaddrinfo

    def resolve(host: str, port: int, *arguments: Any, **named: Any) -> list[Any]:
        if not host.endswith(".example"):
            return list(plain(host, port, *arguments, **named))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers(host)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize("named", ["127.0.0.1", "127.0.0.0/8", "localhost"])
def test_a_setting_names_exceptions(site: Site, named: str) -> None:
    host, port = ("localhost" if named == "localhost" else "127.0.0.1"), int(site.host.partition(":")[2])
    assert connected_to(guarded(named), host, port)[0] == "127.0.0.1"
    with pytest.raises(PrivateAddressError, match="private network"):
        connected_to(guarded("10.0.0.0/8", "other.example"), host, port)


def test_a_name_that_resolves_to_another_address_a_moment_later_gains_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(site.host.partition(":")[2])
    answers = iter(["127.0.0.1", "169.254.169.254"])
    resolve_names(monkeypatch, lambda _: [next(answers)])
    assert connected_to(guarded("127.0.0.1"), "rebinding.example", port)[0] == "127.0.0.1"
    with pytest.raises(PrivateAddressError):
        connected_to(guarded("127.0.0.1"), "rebinding.example", port)


def test_of_several_addresses_only_allowed_ones_are_tried(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(site.host.partition(":")[2])

    resolve_names(monkeypatch, lambda _: ["10.0.0.1", "127.0.0.9", "127.0.0.1"])
    assert connected_to(guarded("127.0.0.1"), "several.example", port)[0] == "127.0.0.1"


def test_a_name_that_nobody_has_is_said() -> None:
    with pytest.raises(DocumentError, match=r"no site is found under the name 'nobody\.invalid'"):
        connected_to(guarded(), "nobody.invalid", 80)


def test_a_socket_of_this_machine_is_no_site() -> None:
    with pytest.raises(NotImplementedError):
        guarded("127.0.0.1").connect_unix_socket("/run/docker.sock")


def test_a_deadline_shortens_every_wait() -> None:
    deadline = Deadline(time.monotonic() + 5)
    assert deadline.within(1) == 1
    assert 4 < deadline.within(60) <= 5
    assert 4 < deadline.within(None) <= 5
    deadline.at = time.monotonic() - 1
    with pytest.raises(httpcore2.ReadTimeout):
        deadline.within(60)


@pytest.mark.parametrize("entry", ["http://example.org", "example.org:80", "*.example.org", "", "10.0.0.0/99"])
def test_a_setting_that_names_no_host_is_refused(entry: str) -> None:
    with pytest.raises(SettingsError, match="web_private_hosts"):
        PrivateHosts.of([entry])
