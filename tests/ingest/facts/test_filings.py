"""The cover page of a filing says what it is, however its lines are broken."""

import pytest

from ingest.facts.filings import read_filing
from ingest.facts.opening import opening_of
from rag.types import Page

COVER = """UNITED STATES
SECURITIES AND EXCHANGE COMMISSION
Washington, D.C. 20549

{rule} FORM {form}
(Mark One)
For the fiscal year ended {ended}
Commission file number 1-9595

{rule} {company}
(Exact name of registrant as specified in its charter)
Minnesota 41-0907483
"""


def cover(
    form: str = "10-K", ended: str = "February 2, 2019", company: str = "BEST BUY CO., INC.", rule: str = ""
) -> str:
    return COVER.format(form=form, ended=ended, company=company, rule=rule)


def filing_of(text: str) -> tuple[str, str, str] | None:
    filing = read_filing(opening_of([Page(number=1, label="1", text=text)]))
    return (filing.kind, filing.registrant, filing.period) if filing else None


@pytest.mark.parametrize("rule", ["", "_" * 60])
@pytest.mark.parametrize("joined", [False, True])
def test_the_cover_of_an_annual_report_names_company_and_fiscal_year(rule: str, joined: bool) -> None:
    text = cover(rule=rule)
    if joined:  # some programs put every word on a line of its own
        text = "\n\n".join(block.replace(" ", "\n") for block in text.split("\n\n"))
    assert filing_of(text) == ("10-K", "BEST BUY CO., INC.", "2019")


def test_a_cover_without_the_words_about_the_name_has_it_after_the_file_number() -> None:
    text = cover(company="3M COMPANY", ended="December 31, 2018").replace(
        "(Exact name of registrant as specified in its charter)", "State of Incorporation: Delaware"
    )
    assert filing_of(text) == ("10-K", "3M COMPANY", "2018")


def test_a_quarterly_report_has_its_quarter_and_an_event_its_year() -> None:
    quarterly = cover("10-Q", "December 31, 2022", "AMCOR PLC").replace("fiscal year", "quarterly period")
    assert filing_of(quarterly + "Six Months Ended December 31,") == ("10-Q", "AMCOR PLC", "Q2 2023")
    event = cover("8-K", company="AMCOR PLC").replace(
        "For the fiscal year ended February 2, 2019", "Date of Report (Date of earliest event reported): July 1, 2022"
    )
    assert filing_of(event) == ("8-K", "AMCOR PLC", "2022")


def test_a_text_that_only_mentions_a_form_is_no_filing() -> None:
    assert filing_of("Our annual report on Form 10-K says more.") is None
    assert filing_of("") is None


def test_years_of_one_company_differ_in_their_period() -> None:
    periods = {filing_of(cover(ended=f"February 2, {year}")) for year in range(2015, 2020)}
    assert len(periods) == 5


def test_a_cover_without_a_date_has_no_period() -> None:
    assert filing_of(cover(ended="January 1, 9999")) == ("10-K", "BEST BUY CO., INC.", "")
