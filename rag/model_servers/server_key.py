"""The key of a model's server: from the environment or the system's keyring, never from a file of ours."""

import logging
import os
from contextlib import suppress
from urllib.parse import urlsplit

from rag.errors import SettingsError
from rag.types.server_model import KEY_VARIABLE, ServerModel

_OPENAI_VARIABLE = "OPENAI_API_KEY"
_OPENAI_HOST = "api.openai.com"
_SERVICE = "citewell"

log = logging.getLogger(__name__)


def find_key(server: ServerModel) -> str:
    """Return the key for a server; "" if there is none.

    `CITEWELL_SERVER_KEY`, else what the keyring has for `citewell` and the server's host, else `OPENAI_API_KEY`, which
    is sent to OpenAI's own host and to no other.

    Raises:
        SettingsError: it has characters that no header can carry; the message does not repeat it.
    """
    source, key = KEY_VARIABLE, os.environ.get(KEY_VARIABLE, "").strip()
    if not key:
        source, key = "the keyring", _from_keyring(server.host).strip()
    if not key and server.is_encrypted and urlsplit(server.address).hostname == _OPENAI_HOST:
        source, key = _OPENAI_VARIABLE, os.environ.get(_OPENAI_VARIABLE, "").strip()
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise SettingsError(
            f"The key in {source} has characters that a key cannot have. Copy it again, without spaces."
        )
    if key and not (server.is_encrypted or server.is_local):
        log.warning("The key for %s goes over the network unencrypted: use an address with https.", server.host)
    return key


def _from_keyring(host: str) -> str:
    """Return the key that the system's keyring has for a host; "" if it has none, or the package is not installed."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    with suppress(KeyringError):  # no keyring is unlocked: the server says whether it wants a key
        return keyring.get_password(_SERVICE, host) or ""
    return ""
