"""Fiscal years and quarters have the names that people give them."""

from datetime import date

import pytest

from ingest.facts.fiscal import fiscal_quarter, fiscal_year


@pytest.mark.parametrize(
    ("ended", "text", "name"),
    [
        (date(2018, 12, 31), "", "2018"),
        (date(2023, 6, 30), "", "2023"),
        (date(2019, 2, 2), "In fiscal 2019 … compared with fiscal 2018", "2019"),
        (date(2023, 1, 28), "fiscal 2022, fiscal 2022 and fiscal year 2022", "2022"),
        (date(2023, 1, 1), "", "2022"),
    ],
)
def test_a_fiscal_year_is_named_by_its_end_or_as_the_company_does(ended: date, text: str, name: str) -> None:
    assert fiscal_year(ended, text) == name


@pytest.mark.parametrize(
    ("ended", "text", "name"),
    [
        (date(2022, 12, 31), "Three Months Ended December 31, Six Months Ended December 31,", "Q2 2023"),
        (date(2023, 7, 29), "for the three and six months ended July 29, 2023", "Q2 2024"),
        (date(2023, 3, 31), "Three Months Ended March 31,", "Q1 2023"),
        (date(2023, 9, 30), "nine months ended September 30, 2023", "Q3 2023"),
        (date(2023, 9, 30), "nothing said", "Q3 2023"),
        (date(2023, 10, 28), "39 weeks ended October 28, 2023. fiscal 2023, fiscal 2023, fiscal 2023", "Q3 2023"),
    ],
)
def test_a_fiscal_quarter_is_counted_by_the_months_that_its_report_covers(ended: date, text: str, name: str) -> None:
    assert fiscal_quarter(ended, text) == name
