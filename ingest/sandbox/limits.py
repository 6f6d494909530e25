"""Limits for reading one file, and the reasons given for files that break the reading process."""

from dataclasses import dataclass
from signal import Signals
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for reading one file: `silent_seconds` for the wait for each page, `seconds` for all of it."""

    memory_bytes: int = 1_000_000_000
    silent_seconds: float = 120.0
    seconds: float = 3600.0
    output_bytes: int = 256_000_000

    @classmethod
    def of(cls, settings: "Settings") -> "Limits":
        """Return the limits these settings ask for."""
        return cls(memory_bytes=settings.reader_memory_mb * 1_000_000, silent_seconds=settings.reader_seconds)


DEFAULTS = Limits()
"""Limits used without settings."""


def memory_reason(limits: Limits) -> str:
    """Return why a file failed that takes too much memory."""
    return f"reading it takes more than {limits.memory_bytes / 1e6:.0f} MB of memory (setting reader_memory_mb)"


def exit_reason(code: int, limits: Limits) -> str:
    """Return why a file failed whose process ended with this exit code."""
    if code < 0:
        name = Signals(-code).name
        if name == "SIGXCPU":
            return f"reading it was stopped: it computed for more than {limits.silent_seconds:.0f} seconds"
        return f"it crashes the reader ({name}): it is damaged, or made to do so"
    return "it ends the reader unexpectedly: it is damaged, or made to do so"


def error_reason(message: dict[str, Any], limits: Limits) -> str:
    """Return why a file failed whose process sent this error message."""
    kind, text = message["error"], str(message.get("message", ""))
    if kind in ("document", "locked"):
        return text
    if kind == "os":
        return "it may not be read (permission denied)" if message.get("errno") in (1, 13) else text.lower()
    if kind == "MemoryError":
        return memory_reason(limits)
    if kind == "RecursionError":
        return "it is nested too deeply to be read"
    return f"the reader fails on it ({text}): it is damaged, or please report it"
