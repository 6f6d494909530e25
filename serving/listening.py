"""Decide where a server may listen: beyond this machine only for people who sign in."""

from ipaddress import ip_address

from rag.errors import SettingsError
from rag.settings import Settings
from serving.auth_file import Users

_HINT = (
    "Make an auth file with 'citewell users add NAME --auth-file FILE' and start with '--auth-file FILE'; or use "
    "127.0.0.1, and an SSH tunnel to reach it from elsewhere."
)


def require_users(settings: Settings) -> Users | None:
    """Return the users who may sign in; None if nobody has to.

    Raises:
        SettingsError: others could come in without signing in, or the auth file cannot be used.
    """
    if settings.auth_file is None:
        if settings.share:
            raise SettingsError(f"Citewell makes no public link that everybody could read your documents by. {_HINT}")
        if not is_loopback(settings.host):
            raise SettingsError(
                f"Citewell does not listen on '{settings.host}' without a sign-in: everyone who can reach it could "
                f"read your documents. {_HINT}"
            )
        return None
    users = Users(settings.auth_file)
    if not users.names():
        raise SettingsError(f"Nobody could sign in: the auth file {settings.auth_file} has no user. {_HINT}")
    return users


def is_loopback(host: str) -> bool:
    """Return whether only this machine itself can reach an address."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
