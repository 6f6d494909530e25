"""Choose the context window of a model on a server (pure)."""

from dataclasses import dataclass

from rag.interfaces import SMALL_PARAMETERS
from rag.models.server.server_limits import ServerLimits

UNKNOWN_WINDOW = 4096
_USUAL_TOKENS = 8192
_MAX_AUTOMATIC_TOKENS = 16384


@dataclass(frozen=True, slots=True)
class ServerWindow:
    """The window of a model in tokens, and what to tell people about it, if it is not as they may think."""

    tokens: int
    notice: str = ""


def choose_server_window(limits: ServerLimits, wanted: int | None, thinking_tokens: int) -> ServerWindow:
    """Return the window: as `wanted` if the server gives that much, else as much as it gives, within reason.

    A chosen one has `thinking_tokens` in addition.
    """
    if wanted is None and not limits.window:
        notice = (
            f"the server does not say what its window holds; {UNKNOWN_WINDOW:,} tokens are assumed. Set context_tokens."
        )
        return ServerWindow(UNKNOWN_WINDOW, notice)
    if wanted is None:
        usual = _USUAL_TOKENS if 0 < limits.parameters <= SMALL_PARAMETERS else _MAX_AUTOMATIC_TOKENS
        return ServerWindow(min(limits.window, usual + thinking_tokens))
    if limits.window and wanted > limits.window:
        notice = (
            f"the server gives it a window of {limits.window:,} tokens, and not {wanted:,} (setting context_tokens)."
        )
        return ServerWindow(limits.window, notice)
    return ServerWindow(wanted)


def thinking_room(window: int) -> int:
    """Return the most tokens for thinking: those beyond the usual window, or a quarter of a small one."""
    return max(window - _USUAL_TOKENS, window // 4)
