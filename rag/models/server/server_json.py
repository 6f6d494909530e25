"""Read JSON that a model's server sends, without the numbers that no server means."""

import json
from typing import Any

_MAX_DIGITS = 18
"""Digits of a whole number: more do not fit 64 bits, nor a float in the end."""


def read_json(text: str | bytes) -> Any:
    """Return the value of JSON.

    Raises:
        ValueError: it is no JSON, or has a whole number of too many digits.
        RecursionError: it is nested too deeply.
    """
    return json.loads(text, parse_int=_whole)


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > _MAX_DIGITS:
        raise ValueError("a number has too many digits")
    return int(digits)
