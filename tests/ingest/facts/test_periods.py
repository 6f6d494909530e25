"""Periods as people name them."""

import pytest

from ingest.facts.opening import opening_of
from ingest.facts.periods import named_period, period_of
from rag.types import Page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Results for Q2 2019", "Q2 2019"),
        ("2Q 2023 results", "Q2 2023"),
        ("third quarter of fiscal 2021", "Q3 2021"),
        ("2018 年第一季度报告", "Q1 2018"),
        ("2023 half-year analyses", "H1 2023"),
        ("for the year ended June 30, 2020", "2020"),
        ("Geschäftsjahr vom 01.01.2020 bis zum 31.12.2020", "2020"),
        ("fiscal 2023 results and outlook", "2023"),
        ("FY19 review", "2019"),
        ("November 2015", "November 2015"),
        ("7/1/2015 to 03/25/2016", "2015–2016"),
        ("Statistics 2012-2016", "2012–2016"),
        ("Nothing here", ""),
        ("for the year ended January 1, 9999", ""),
        ("2016-2012", ""),
    ],
)
def test_a_period_is_named_in_many_ways(text: str, expected: str) -> None:
    assert named_period(text, "") == expected


def period(title: str, kind: str = "report", name: str = "a.pdf", text: str = "") -> str:
    return period_of(name, title, kind, opening_of([Page(number=1, label="1", text=text)]))


def test_a_report_has_the_year_of_its_title_or_of_its_name() -> None:
    assert period("Annual report 2019") == "2019"
    assert period("Report", name="acme_2017.pdf") == "2017"
    assert period("Report of 1990 and 2000") == ""


def test_a_year_in_the_title_of_a_paper_or_a_mail_is_no_period() -> None:
    assert period("Elections of 2016", kind="paper") == ""
    assert period("Q2 2019", kind="mail") == ""
