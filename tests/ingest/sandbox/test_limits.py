"""Limits come from the settings, and every broken limit has its reason."""

from signal import SIGXCPU

import pytest

from ingest.sandbox.limits import Limits, error_reason, exit_reason
from rag.settings import Settings

LIMITS = Limits(memory_bytes=200_000_000, silent_seconds=5.0)


def test_settings_set_memory_and_the_wait_for_a_page() -> None:
    limits = Limits.of(Settings(reader_memory_mb=300, reader_seconds=7))
    assert (limits.memory_bytes, limits.silent_seconds) == (300_000_000, 7)
    assert limits.seconds == Limits().seconds


def test_a_process_that_computed_for_too_long_has_its_reason() -> None:
    assert exit_reason(-SIGXCPU, LIMITS) == "reading it was stopped: it computed for more than 5 seconds"


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"error": "os", "message": "Permission denied", "errno": 13}, "it may not be read (permission denied)"),
        ({"error": "os", "message": "Input/output error", "errno": 5}, "input/output error"),
    ],
)
def test_an_error_of_the_process_has_a_reason(message: dict[str, object], reason: str) -> None:
    assert error_reason(message, LIMITS).startswith(reason)
