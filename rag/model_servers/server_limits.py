"""Ask a server what it is and what its model holds, as far as it says: kind, window, parameters."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from rag.model_servers.model_client import ModelClient
from rag.model_servers.protocol_client import Json

ServerKind = Literal["llama.cpp", "vllm", "ollama", ""]
"""Servers whose own endpoints and parameters are used; "" is any other, of which only the protocol is known."""

_OLLAMA_WINDOW = 4096
"""Ollama's window for a model that is not loaded, unless it says another."""

_NUM_CTX = re.compile(r"^num_ctx\s+(\d+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLimits:
    """A server and its model; 0 where it does not say. `window` holds prompt and answer, in tokens."""

    kind: ServerKind = ""
    window: int = 0
    parameters: int = 0


def ask_limits(client: ModelClient) -> ServerLimits:
    """Return what a server says; a model that it has loaded only now may have another window.

    Raises:
        ServerError: it cannot be reached.
    """
    row = _row_of(client)
    if row.get("owned_by") == "llamacpp":
        return _of_llama_cpp(client, row)
    if row.get("owned_by") == "vllm":
        return ServerLimits(kind="vllm", window=_number(row.get("max_model_len")))
    if (client.find("/api/version") or {}).get("version"):
        return _of_ollama(client)
    named = ("max_model_len", "context_length", "context_window", "max_context_length")
    return ServerLimits(window=next(filter(None, (_number(row.get(name)) for name in named)), 0))


def _row_of(client: ModelClient) -> Json:
    """Return how the server lists the model; a server of one model gives it any name."""
    rows, name = client.models(), client.server.name
    own = next((row for row in rows if name == row["id"] or _has(row.get("aliases"), name)), None)
    return own or (rows[0] if len(rows) == 1 else {})


def _of_llama_cpp(client: ModelClient, row: Json) -> ServerLimits:
    props = client.find("/props") or {}
    meta = _object(row.get("meta"))
    window = _number(_object(props.get("default_generation_settings")).get("n_ctx")) or _number(meta.get("n_ctx"))
    return ServerLimits(kind="llama.cpp", window=window, parameters=_number(meta.get("n_params")))


def _of_ollama(client: ModelClient) -> ServerLimits:
    shown = client.find("/api/show", {"model": client.server.name}) or {}
    info = _object(shown.get("model_info"))
    trained = next((_number(value) for name, value in info.items() if name.endswith(".context_length")), 0)
    set_by_model = _NUM_CTX.search(str(shown.get("parameters") or ""))
    window = _loaded_window(client) or (int(set_by_model[1]) if set_by_model else _OLLAMA_WINDOW)
    return ServerLimits(
        kind="ollama",
        window=min(window, trained or window),
        parameters=_number(info.get("general.parameter_count")),
    )


def _loaded_window(client: ModelClient) -> int:
    """Return the window that Ollama has given the model; 0 if it is not loaded."""
    running = (client.find("/api/ps") or {}).get("models")
    name = client.server.name
    for row in running if isinstance(running, list) else []:
        if isinstance(row, dict) and name in (own := str(row.get("name")), own.removesuffix(":latest")):
            return _number(row.get("context_length"))
    return 0


def _object(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _has(values: Any, name: str) -> bool:
    return isinstance(values, list) and name in values


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
