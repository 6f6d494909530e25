"""Make the public link."""

from rag.errors import SettingsError
from serving.listening import bare_host


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
        return str(networking.setup_tunnel(bare_host(host), port, token, None, None))
    except Exception as error:
        raise SettingsError(
            f"The public link cannot be made: {error or type(error).__name__}. Check the network and try again, or "
            "start without --share, and use an SSH tunnel."
        ) from error
