"""Decide where a server may listen (beyond this machine only for people who sign in), and try whether it can."""

import errno
import socket
from ipaddress import IPv6Address, ip_address

from rag.errors import SettingsError
from rag.settings import Settings
from serving.auth_file import Users
from serving.stored_users import StoredUsers
from serving.user_store import UserStore

_HINT = (
    "Make an auth file with 'citewell users add NAME --auth-file FILE' and start with '--auth-file FILE'; or use "
    "127.0.0.1, and an SSH tunnel to reach it from elsewhere."
)


_STORED_HINT = (
    "Add a user with 'citewell users add NAME'; or use 127.0.0.1, and an SSH tunnel to reach it from elsewhere."
)


def require_users(
    settings: Settings, stored: StoredUsers | None = None, *, elsewhere: bool = False
) -> UserStore | None:
    """Return the users who may sign in; None if nobody has to. Those who sign in `elsewhere` may come later.

    `stored` are those of the library's database, where there is one.

    Raises:
        SettingsError: others could come in without signing in, or the auth file cannot be used.
        LibraryError: the database cannot be read.
    """
    if stored and (elsewhere or stored.are_there):
        return stored
    if settings.auth_file is None:
        _require_nobody_else(settings, _STORED_HINT if stored else _HINT)
        return None
    users = Users(settings.auth_file)
    if elsewhere:
        users.make()
    elif not users.names():
        raise SettingsError(f"Nobody could sign in: the auth file {settings.auth_file} has no user. {_HINT}")
    return users


def _require_nobody_else(settings: Settings, hint: str) -> None:
    if settings.share:
        raise SettingsError(
            f"Citewell makes no public link without a sign-in: everybody could read your documents by it. {hint}"
        )
    if not is_loopback(settings.host):
        raise SettingsError(
            f"Citewell does not listen on '{settings.host}' without a sign-in: everyone who can reach it could read "
            f"your documents. {hint}"
        )


def is_loopback(host: str) -> bool:
    """Return whether only this machine itself can reach an address.

    An IPv4 address mapped into IPv6 does not count: whether it is loopback depends on the version of Python.
    """
    try:
        address = ip_address(bare_host(host))
    except ValueError:
        return host == "localhost"
    return address.is_loopback and not (isinstance(address, IPv6Address) and address.ipv4_mapped)


def bare_host(host: str) -> str:
    """Return a host without the brackets that one of IPv6 has in an address."""
    return host.strip("[]")


def host_in_address(host: str) -> str:
    """Return a host as it stands in an address: one of IPv6 in brackets."""
    bare = bare_host(host)
    return f"[{bare}]" if ":" in bare else bare


def bound_socket(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to a port, any free one if it is 0, but does not listen yet.

    Raises:
        SettingsError: the port is in use, or the host is no address of this machine.
    """
    bare = bare_host(host)
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    # asyncio sends without delay (TCP_NODELAY) only from a socket that names its protocol: an answer in two writes
    # would wait for the client to acknowledge the first one, which takes it 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((bare, port))
    except (OSError, UnicodeError) as error:
        bound.close()
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise SettingsError(
                f"Port {port} on {host} is in use, perhaps by another Citewell. Choose another with --port, or --port "
                "0 for any that is free."
            ) from error
        reason = getattr(error, "strerror", "no such name")
        raise SettingsError(
            f"Citewell cannot listen on '{host}', port {port}: {reason}. Choose another with --host or --port."
        ) from error
    return bound
