"""Assumptions of a capacity plan: not measured, each an option of the command."""

from dataclasses import dataclass, fields

from rag.errors import SettingsError

AS_OF = "2026-11"
"""Month in which the prices were assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Use, speeds of a GPU, and prices in dollars a month; prices are round figures, no one's offer."""

    questions_per_day: float = 5.0
    """Questions of one user on a working day."""

    busy_hour_share: float = 0.2
    """Share of a day's questions in its busiest hour."""

    load: float = 0.6
    """Share of a machine that is used in the busiest hour: beyond it, waiting times grow."""

    ingest_days: float = 7.0
    """Days in which all pages are to be read in."""

    cores_per_machine: int = 8
    gpu_reads: float = 5_000.0
    """Tokens a second that a GPU of 24 GB reads with a model of 7 to 8 billion parameters."""

    gpu_writes: float = 1_000.0
    """Tokens a second that such a GPU writes, for all its questions together."""

    core_price: float = 20.0
    memory_gb_price: float = 3.0
    disk_gb_price: float = 0.1
    gpu_price: float = 500.0

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if not 0 <= value < 1e9 or (value == 0 and not each.name.endswith("_price")):
                name = each.name.replace("_", "-")
                raise SettingsError(f"--{name} must be more than 0 and less than a billion, not {value:g}.")
        for name in ("busy_hour_share", "load"):
            if getattr(self, name) > 1:
                raise SettingsError(f"--{name.replace('_', '-')} is a share: more than 0 and at most 1.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Pages and users to plan for; with `gpu`, answers are written on GPUs."""

    pages: int
    users: int
    gpu: bool = False

    def __post_init__(self) -> None:
        for what, value, most, whose in (
            ("pages", self.pages, 4 * 10**8, "more than any engine here is planned for"),
            ("users", self.users, 10**10, "more than there are people"),
        ):
            if value < 1:
                raise SettingsError(f"--{what} must be 1 or more, not {value:,}.")
            if value > most:
                raise SettingsError(f"--{what} {value:,} is {whose}: give at most {most:,}.")
