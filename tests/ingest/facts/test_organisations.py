"""Who stands behind a document, where something says so clearly."""

import pytest

from ingest.facts.opening import opening_of
from ingest.facts.organisations import organisation_of
from rag.types import Page


def organisation(text: str, kind: str = "", title: str = "", **metadata: str) -> str:
    return organisation_of(metadata, opening_of([Page(number=1, label="1", text=text)]), title=title, kind=kind)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ACME Widgets GmbH\nMusterstraße 1\n\nAngebot", "ACME Widgets GmbH"),
        ("U.S. Department of Justice\nHandbook", "U.S. Department of Justice"),
        ("1 Allen Institute for AI\nmail@allenai.org", "Allen Institute for AI"),
        ("A text\n\n© 2020 Widgets Ltd.", "Widgets Ltd."),
        ("We work with ACME Widgets GmbH and many others in this field of ours.", ""),
        ("The Company\nshall pay", ""),
        ("", ""),
    ],
)
def test_letterheads_affiliations_and_copyright_lines_name_it(text: str, expected: str) -> None:
    assert organisation(text) == expected


def test_metadata_names_it_but_not_the_program_or_a_person() -> None:
    assert organisation("", organisation="IBM Research") == "IBM Research"
    assert organisation("", author="Adobe Inc.") == "Adobe Inc."
    assert organisation("", author="Peter Staar") == ""
    assert organisation("", author="EDGAR Online, a division of Donnelley Inc.") == ""


def test_a_mail_is_its_domains_unless_anybody_can_have_an_address_there() -> None:
    assert organisation("From: Ann <ann@unstructured.io>\nDate: today", kind="mail") == "unstructured.io"
    assert organisation("From: ann@gmail.com", kind="mail") == ""
    assert organisation("From: nobody", kind="mail") == ""


def test_a_press_release_begins_with_its_company() -> None:
    assert organisation("", kind="earnings release", title="Amcor reports fiscal 2023 results") == "Amcor"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("BEST BUY CO., INC.", "", "Best Buy Co., Inc."),
        ("AMCOR PLC", "", "Amcor plc"),
        ("3M COMPANY", "", "3M Company"),
        ("IBM", "International Business Machines (ibm), IBM", "ibm"),
        ("SQUARE, INC.", "SQUARE, INC. and later Square, Inc. again", "Square, Inc."),
        ("Amazon.com, Inc.", "", "Amazon.com, Inc."),
        ("AMAZON.COM, INC.", "", "Amazon.com, Inc."),
    ],
)
def test_a_name_in_capitals_is_written_as_the_text_does_or_as_names_are(name: str, text: str, expected: str) -> None:
    assert organisation(f"{name}\n(Exact name of registrant as specified in its charter)\n{text}") == expected
