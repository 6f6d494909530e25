"""Demands and assumptions that nothing can be computed from are refused in a sentence."""

import pytest

from observing.assumptions import Assumptions, Demand
from rag.errors import SettingsError


@pytest.mark.parametrize(
    ("pages", "users", "said"),
    [
        (0, 1, "--pages must be 1 or more, not 0"),
        (-5, 1, "--pages must be 1 or more, not -5"),
        (10**12, 1, "--pages 1,000,000,000,000 is more than any engine here is planned for: give at most 400,000,000"),
        (1, 0, "--users must be 1 or more, not 0"),
        (1, 10**11, "more than there are people"),
    ],
)
def test_a_demand_that_cannot_be_is_a_sentence(pages: int, users: int, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        Demand(pages=pages, users=users)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"questions_per_day": 0.0}, "--questions-per-day must be more than 0"),
        ({"ingest_days": -1.0}, "--ingest-days must be more than 0"),
        ({"gpu_price": float("nan")}, "--gpu-price must be"),
        ({"core_price": float("inf")}, "--core-price must be"),
        ({"load": 1.5}, "--load is a share"),
        ({"busy_hour_share": 2.0}, "--busy-hour-share is a share"),
        ({"cores_per_machine": 0}, "--cores-per-machine must be"),
    ],
)
def test_an_assumption_that_cannot_be_is_a_sentence(given: dict[str, float], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        Assumptions(**given)  # type: ignore[arg-type]
