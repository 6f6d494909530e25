"""The tables of docs/scaling.md are what the code computes."""

import pytest

from observing.capacity.assumptions import Assumptions
from observing.capacity.plan_tables import assumption_rows, grid, rounded, scaling_tables, size
from tests.support.paths import ROOT


def test_the_documentation_has_the_tables_as_they_are_computed() -> None:
    text = (ROOT / "docs" / "scaling.md").read_text()
    shown = text.split("<!-- plan -->\n")[1].split("\n<!-- /plan -->")[0]
    assert shown == scaling_tables(), "put what `python -m observing.capacity.plan_tables` prints between the marks"


def test_every_size_of_the_documentation_is_planned_with_and_without_gpus() -> None:
    plans = grid()
    assert len(plans) == 9
    assert all(not plain.parts[2].gpus and on_gpus.parts[2].gpus for _, plain, on_gpus in plans)


@pytest.mark.parametrize(
    ("gigabytes", "shown"), [(0.0123, "12 MB"), (0.5, "500 MB"), (1.26, "1.3 GB"), (456, "460 GB"), (56_789, "57 TB")]
)
def test_sizes_are_in_the_unit_that_they_are_read_in(gigabytes: float, shown: str) -> None:
    assert size(gigabytes) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0456, "0.046"), (3.14, "3.1"), (9.99, "10"), (12.6, "13"), (123_456, "120,000"), (9, "9")]
)
def test_numbers_have_two_digits_that_count(value: float, shown: str) -> None:
    assert rounded(value) == shown


def test_every_assumption_is_named_as_its_option() -> None:
    rows = dict(assumption_rows(Assumptions()))
    assert (rows["--questions-per-day"], rows["--gpu-price"], rows["--load"]) == ("5", "500", "0.6")
