"""Decide whether a model may call tools."""

import logging
from typing import Literal

from rag.interfaces import Generator
from rag.models.catalog import find_spec

log = logging.getLogger(__name__)


def may_call_tools(setting: Literal["off", "auto", "on"], model: str, generator: Generator) -> bool:
    """Return whether this model of the catalog, or another one, may call tools: as set, else as it was measured."""
    if setting == "on" and not generator.can_call_tools:
        log.warning("The model in use cannot call tools, so it answers without (setting tools).")
    spec = find_spec(model)
    is_wanted = setting == "on" or (setting == "auto" and spec is not None and spec.tools)
    return is_wanted and generator.can_call_tools
