"""Refuse to build a wheel: Citewell is an application, run from its clone."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EditableOnly(BuildHookInterface):  # type: ignore[type-arg]
    """Let an editable installation through, and nothing else."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling calls it so
        """Stop a build that is not editable."""
        if version != "editable":
            raise RuntimeError("Citewell is an application, run from its clone: pip install --editable .")
