"""Dates in several languages, stamps of programs, and periods as people name them."""

from datetime import date

import pytest

from ingest.facts.dates import first_date, named_period, period_of, stamped_date
from ingest.facts.opening import opening_of
from rag.types import Page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("October 14, 1998", date(1998, 10, 14)),
        ("Effective as at 9 April 2019", date(2019, 4, 9)),
        ("vom 3. März 2021 an", date(2021, 3, 3)),
        ("Séance du 20 juin 2023", date(2023, 6, 20)),
        ("el 1 de mayo de 2020", date(2020, 5, 1)),
        ("2024-07-29 20:38:11", date(2024, 7, 29)),
        ("29.10.2008", date(2008, 10, 29)),
        ("采样时间 2021 年 6 月 4 日", date(2021, 6, 4)),
        ("received 07/13/2015", date(2015, 7, 13)),
        ("February 30, 2019", None),
        ("January 1, 9999", None),
        ("on the 12th floor", None),
    ],
)
def test_a_date_is_read_as_people_write_it(text: str, expected: date | None) -> None:
    assert first_date(text) == expected


def test_the_first_of_several_dates_is_the_one_that_stands_first() -> None:
    assert first_date("from 2020-01-01 to March 3, 2019") == date(2020, 1, 1)


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("D:20190207131720-05'00'", "2019-02-07"),
        ("2021-11-14T10:00:00Z", "2021-11-14"),
        ("Fri, 23 Dec 2022 12:08:48 -0600", "2022-12-23"),
        ("2013-12-23T23:15:00Z", ""),
        ("D:99991231", ""),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_a_stamp_of_a_program_becomes_a_date_unless_it_cannot_be_one(stamp: str, expected: str) -> None:
    assert stamped_date(stamp) == expected


@pytest.mark.parametrize(
    ("text", "around", "expected"),
    [
        ("for the fiscal year ended December 31, 2018", "", "2018"),
        ("for the year ended: June 30, 2023", "", "2023"),
        ("for the year ended February 2, 2019", "In fiscal 2019 … compared with fiscal 2018", "2019"),
        ("for the year ended January 28, 2023", "fiscal 2022, fiscal 2022 and fiscal year 2022", "2022"),
        ("for the year ended January 1, 2023", "", "2022"),
        ("for the quarter ended December 31, 2022", "Three Months Ended December 31, Six Months Ended", "Q2 2023"),
        ("for the quarterly period ended July 29, 2023", "for the three and six months ended July 29", "Q2 2024"),
        ("for the quarter ended March 31, 2023", "Three Months Ended March 31,", "Q1 2023"),
        ("for the quarter ended September 30, 2023", "nothing said", "Q3 2023"),
        (
            "for the quarter ended October 28, 2023",
            "39 weeks ended October 28, 2023. " + "fiscal 2023, " * 3,
            "Q3 2023",
        ),
    ],
)
def test_a_fiscal_year_or_quarter_has_the_name_that_people_give_it(text: str, around: str, expected: str) -> None:
    assert named_period(text, around) == expected


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
