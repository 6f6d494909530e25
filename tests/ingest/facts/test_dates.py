"""Dates in several languages, and stamps of programs."""

from datetime import date

import pytest

from ingest.facts.dates import dates_in, first_date, stamped_date


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
    assert len(list(dates_in("2020-01-01, 2 May 2021"))) == 2


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
