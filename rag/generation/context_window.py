"""Context windows: the tokens of prompt and answer, by what people set and what a server gives."""

from dataclasses import dataclass

from rag.interfaces import SMALL_PARAMETERS

USUAL_TOKENS = 8192
MAX_AUTOMATIC_TOKENS = 16384
UNKNOWN_WINDOW = 4096
"""Of a server that does not say what its window holds."""


@dataclass(frozen=True, slots=True)
class ContextWindow:
    """The window of a model in tokens, and what to tell people about it, if it is not as they may think."""

    tokens: int
    notice: str = ""


def thinking_room(window: int) -> int:
    """Return the most tokens for thinking: those beyond the usual window, or a quarter of a small one."""
    return max(window - USUAL_TOKENS, window // 4)


def choose_server_window(given: int, parameters: int, wanted: int | None, thinking_tokens: int) -> ContextWindow:
    """Return the window of a model on a server: as `wanted` if so much is `given`, else what is, within reason.

    A chosen one has `thinking_tokens` in addition. 0 is a number that the server does not say.
    """
    if wanted is None and not given:
        notice = (
            f"the server does not say what its window holds; {UNKNOWN_WINDOW:,} tokens are assumed. Set context_tokens."
        )
        return ContextWindow(UNKNOWN_WINDOW, notice)
    if wanted is None:
        usual = USUAL_TOKENS if 0 < parameters <= SMALL_PARAMETERS else MAX_AUTOMATIC_TOKENS
        return ContextWindow(min(given, usual + thinking_tokens))
    if given and wanted > given:
        notice = f"the server gives it a window of {given:,} tokens, and not {wanted:,} (setting context_tokens)."
        return ContextWindow(given, notice)
    return ContextWindow(wanted)
