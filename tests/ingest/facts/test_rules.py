"""What a document is, by rules, from a stranger's file."""

import time

import pytest

from ingest.facts.rules import document_facts
from rag.text.facets import KINDS
from rag.types import DocumentFacts, Page

COVER = """UNITED STATES
SECURITIES AND EXCHANGE COMMISSION
Washington, D.C. 20549

{rule} FORM {form}
(Mark One)
For the {span} ended {ended}
Commission file number 1-9595

{rule} {company}
(Exact name of registrant as specified in its charter)
Minnesota 41-0907483
"""


def facts(text: str, name: str = "a.pdf", **metadata: str) -> DocumentFacts:
    return document_facts(name, metadata, [Page(number=1, label="1", text=text)])


def cover(form: str, span: str, ended: str, company: str, rule: str = "") -> str:
    return COVER.format(form=form, span=span, ended=ended, company=company, rule=rule)


@pytest.mark.parametrize("rule", ["", "_" * 60])
@pytest.mark.parametrize("joined", [False, True])
def test_the_cover_of_a_report_says_what_it_is_however_its_lines_are_broken(rule: str, joined: bool) -> None:
    text = cover("10-K", "fiscal year", "February 2, 2019", "BEST BUY CO., INC.", rule)
    if joined:  # some programs put every word on a line of its own
        text = "\n\n".join(block.replace(" ", "\n") for block in text.split("\n\n"))
    found = facts(text, title="0001018724-18-000005", author="EDGAR Online")
    assert (found.title, found.organisation) == ("Annual Report on Form 10-K", "Best Buy Co., Inc.")
    assert (found.period, found.date, found.kind, found.authors) == ("2019", "2019-02-02", "10-K", "")


def test_a_cover_without_the_words_about_the_name_has_it_after_the_file_number() -> None:
    text = cover("10-K", "year", "December 31, 2018", "3M COMPANY").replace("(Exact name of registrant", "(State")
    assert facts(text).organisation == "3M Company"


def test_a_quarterly_report_has_its_quarter_and_a_current_one_its_date() -> None:
    quarterly = facts(
        cover("10-Q", "quarterly period", "December 31, 2022", "AMCOR PLC") + "Six Months Ended December 31"
    )
    assert (quarterly.kind, quarterly.organisation, quarterly.period) == ("10-Q", "Amcor plc", "Q2 2023")
    current = facts(cover("8-K", "event", "on July 1, 2022", "AMCOR PLC"))
    assert (current.kind, current.title, current.date) == ("8-K", "Current Report on Form 8-K", "2022-07-01")


def test_a_text_that_only_mentions_a_form_is_none() -> None:
    assert facts("Our annual report on Form 10-K says more.").kind == "other"


def test_a_mail_has_its_sender_its_domain_and_its_date() -> None:
    text = "# Picnic\n\nFrom: Ann <ann@unstructured.io>\nTo: Bob\nDate: Fri, 23 Dec 2022 12:08:48 -0600\n\nIn 1999 …"
    found = facts(text, "picnic.eml")
    assert (found.title, found.organisation, found.authors) == (
        "Picnic",
        "unstructured.io",
        "Ann <ann@unstructured.io>",
    )
    assert (found.kind, found.date, found.period) == ("mail", "2022-12-23", "")


def test_wrong_metadata_do_not_count() -> None:
    found = facts("The picnic\n\nWe met.", title="Microsoft Word - Document1", author="python-docx", date="D:99991231")
    assert (found.title, found.authors, found.date) == ("The picnic", "", "")


def test_the_language_is_that_of_most_of_the_first_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    samples: list[str] = []

    def detect(text: str) -> str:
        samples.append(text)
        return "de" if "der" in text else "en" if "the" in text else ""

    monkeypatch.setattr("ingest.facts.rules.detect_language", detect)
    assert facts("1 | 2 | 3\n" * 200 + "in the house " * 40 + "in der Tat " * 400).language == "de"
    assert max(map(len, samples)) <= 400
    assert facts("1 2 3").language == ""
    samples.clear()
    facts("in der Tat " * 100_000)
    assert len(samples) <= 13


def test_a_document_without_text_has_no_facts() -> None:
    assert document_facts("a.bin", {}, []) == DocumentFacts(kind="other")


@pytest.mark.parametrize(
    "text", ["x" * 200_000, "a b\n" * 100_000, "\x00" * 1_000, "\u202eab\u202c", "1" * 100_000, "( " * 50_000]
)
def test_hostile_text_and_metadata_are_read_in_time(text: str) -> None:
    started = time.thread_time()  # the processor's time, in which a busy machine is no slower; a tenth of it is needed
    found = facts(text, "n" * 5_000 + ".pdf", title=text, author=text, organisation=text, date=text)
    assert time.thread_time() - started < 3
    assert found.kind in KINDS
    assert all(len(value) <= 300 and value.isprintable() for value in (found.title, found.organisation, found.authors))
