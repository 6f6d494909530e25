"""Names of models behind the OpenAI protocol: `openai:NAME@URL` or `openai:NAME@URL,URL`, parsed and checked."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from rag.errors import SettingsError

KEY_VARIABLE = "CITEWELL_SERVER_KEY"
"""Environment variable with the key of a server: no setting, since settings are shown and exported."""

_PREFIX = "openai:"
_NAMED = re.compile(r"(?P<name>[^\s@][^\s]*?)@(?P<address>https?://\S+)", re.IGNORECASE)
_NEXT_ADDRESS = re.compile(r",(?=https?://)", re.IGNORECASE)
_API = "/v1"
_FORM = "Write openai:NAME@URL, such as openai:qwen3:4b@http://127.0.0.1:11434/v1."


@dataclass(frozen=True, slots=True)
class ServerModel:
    """A model of a server. `address` is the base of its API, without a slash at the end.

    `others` are the addresses of further servers with the same model.
    """

    name: str
    address: str
    others: tuple[str, ...] = ()

    @property
    def replicas(self) -> tuple["ServerModel", ...]:
        """The model on each of its servers."""
        return tuple(ServerModel(self.name, address) for address in (self.address, *self.others))

    @property
    def host(self) -> str:
        """The server's host, with its port if the address has one; of several, all of them."""
        return ", ".join(urlsplit(address).netloc for address in (self.address, *self.others))

    @property
    def root(self) -> str:
        """The address without the version of the API: where servers have their own endpoints."""
        return self.address.removesuffix(_API)

    @property
    def label(self) -> str:
        """The model as people are told of it."""
        return f"{_PREFIX}{self.name} at {self.host}"

    @property
    def is_local(self) -> bool:
        """True if the server, and every other with the model, is on this machine."""
        return all(map(_is_local, (self.address, *self.others)))

    @property
    def is_encrypted(self) -> bool:
        """True if the connection is encrypted."""
        return self.address.startswith("https:")


def is_on_server(model: str | None) -> bool:
    """Return whether a setting names a model of a server."""
    return model is not None and model.startswith(_PREFIX)


def vector_space(embedder: str) -> str:
    """Return the name of an embedder's vectors: that of one on a server is its own, wherever the server is."""
    return f"{_PREFIX}{parse_server_model(embedder, 'embedder').name}" if is_on_server(embedder) else embedder


def label_of(model: str) -> str:
    """Return a model as people are told of it: one of a server by name and host, any other as it is."""
    return parse_server_model(model, "model").label if is_on_server(model) else model


def parse_server_model(text: str, setting: str) -> ServerModel:
    """Return the model that the value of a setting names; an address without a path gets `/v1`.

    Raises:
        SettingsError: it is not of the form, or an address has a password, or is there twice. The message never
            repeats a password.
    """
    found = _NAMED.fullmatch(text.removeprefix(_PREFIX))
    if not found:
        raise SettingsError(f"Setting '{setting}' does not name a model of a server. {_FORM}")
    first, *others = (_checked(address, setting) for address in _NEXT_ADDRESS.split(found["address"]))
    if len({first, *others}) <= len(others):
        raise SettingsError(f"Setting '{setting}' has an address twice. Name each server once.")
    return ServerModel(found["name"], first, tuple(others))


def _checked(text: str, setting: str) -> str:
    """Return the base of an API's address."""
    try:
        address = urlsplit(text)
        is_whole = bool(address.hostname) and address.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise SettingsError(f"Setting '{setting}' has an address that cannot be read. {_FORM}")
    if address.username is not None or address.password is not None:
        raise SettingsError(
            f"Setting '{setting}' has a user or a password in its address, where it would be shown and exported. Leave "
            f"it out, and set the environment variable {KEY_VARIABLE} to the server's key."
        )
    if address.query or address.fragment:
        raise SettingsError(f"Setting '{setting}' has an address with '?' or '#'. {_FORM}")
    return f"{address.scheme.lower()}://{address.netloc.lower()}{address.path.rstrip('/') or _API}"


def _is_local(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
