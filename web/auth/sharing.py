"""Check that nothing is open to others without a sign-in, and make the public link."""

from ipaddress import ip_address

from rag.errors import SettingsError
from rag.settings import Settings
from web.auth.auth_file import Users

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


def require_tunnel() -> None:
    """Fetch the program that makes the public link, before a minute of loading.

    Raises:
        SettingsError: it is not on this machine, and cannot be fetched.
    """
    from gradio import tunneling

    try:
        tunneling.Tunnel.download_binary()
    except Exception as error:
        raise SettingsError(
            f"The public link needs a program of Gradio's (frpc), and it cannot be fetched from "
            f"{tunneling.BINARY_URL}: {error or type(error).__name__}. Check the network, or put the file at "
            f"{tunneling.BINARY_PATH}; or start without --share, and use an SSH tunnel."
        ) from error


def open_tunnel(host: str, port: int, token: str) -> str:
    """Open a public link to a server on this machine, and return its address.

    Raises:
        SettingsError: the link cannot be made.
    """
    from gradio import networking

    try:
        return str(networking.setup_tunnel(host, port, token, None, None))
    except Exception as error:
        raise SettingsError(
            f"The public link cannot be made: {error or type(error).__name__}. Check the network and try again, or "
            "start without --share, and use an SSH tunnel."
        ) from error
