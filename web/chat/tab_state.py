"""What a tab tells with its events (pure). It comes from nobody but that tab, and is read with care all the same.

The page holds it, not Gradio's state: a tab that was left open overnight still knows its conversation.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Told:
    """The ids of documents that are not to be asked, the conversation that is open, and the settings that are chosen.

    A `conversation` of "" is a new one. Documents or settings of None are as they were kept.
    """

    excluded: frozenset[int] | None = None
    conversation: str = ""
    settings: Mapping[str, Any] | None = None


def told(text: str) -> Told:
    """What is told in JSON; of what cannot be read, nothing."""
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return Told()
    if not isinstance(value, dict):
        return Told()
    excluded, conversation, settings = (value.get(name) for name in ("excluded", "conversation", "settings"))
    return Told(
        frozenset(id_ for id_ in excluded if isinstance(id_, int)) if isinstance(excluded, list) else None,
        conversation[:_LONGEST_ID] if isinstance(conversation, str) else "",
        settings if isinstance(settings, dict) else None,
    )
