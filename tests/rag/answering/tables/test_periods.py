"""Periods that heads and questions name."""

import pytest

from rag.answering.tables.periods import Period, part_in, period_of_head, periods_in, range_in, without_periods


@pytest.mark.parametrize(
    ("head", "period"),
    [
        ("2018", Period(2018)),
        ("FY2018", Period(2018)),
        ("FY 18", Period(2018)),
        ("Year Ended December 31, 2018", Period(2018)),
        ("Three Months Ended June 30, 2023", Period(2023, "3M")),
        ("Q2 2019", Period(2019, "Q2")),
        ("2. Quartal 2019", Period(2019, "Q2")),
        ("1. Halbjahr 2019", Period(2019, "H1")),
        ("2019 vs. 2018", None),
        ("$2,018", None),
        ("Notes", None),
    ],
)
def test_a_head_names_one_period_or_none(head: str, period: Period | None) -> None:
    assert period_of_head(head) == period


def test_years_in_a_list_and_in_a_range() -> None:
    assert periods_in("in 2018, 2017 and 2016") == [Period(2018), Period(2017), Period(2016)]
    assert range_in("FY2017 - FY2019") == (Period(2017), Period(2018), Period(2019))
    assert range_in("1900 to 2018") == ()


def test_a_quarter_belongs_to_the_year_beside_it() -> None:
    assert periods_in("between FY 2023 and Q2 of FY2024") == [Period(2023), Period(2024, "Q2")]
    assert part_in("the whole year") == ""


def test_what_is_left_has_no_period() -> None:
    assert without_periods("Net sales, Q2 2018").split() == ["Net", "sales,"]
    assert "31" not in without_periods("At December 31, 2018")
