"""The title as it is printed on the first page."""

import pytest

from ingest.facts.opening import opening_of
from ingest.facts.printed_titles import is_printed_title, printed_title
from rag.types import Page


def printed(text: str) -> str:
    return printed_title(opening_of([Page(number=1, label="1", text=text)]))


def test_a_line_right_above_the_first_heading_is_the_title() -> None:
    assert printed("Summer activities\n\n# Swimming in the lake\n\ntext") == "Summer activities"
    assert printed("2019-01-01\n\n# Swimming in the lake\n\ntext") == "Swimming in the lake"
    assert printed("# Swimming\n\n# In the lake") == "Swimming"


def test_the_number_of_a_form_is_no_part_of_its_title() -> None:
    assert printed("DCF-F-2476-E (R. 04/2014)\n90-Day Summary Report\n\nIt says.") == "90-Day Summary Report"


def test_the_first_of_many_lines_is_a_title_if_it_looks_like_one() -> None:
    lines = "\nAccredited\n(By Us)\nAnd others\nToo\nAt last"
    assert printed("Bank Good Credit" + lines) == "Bank Good Credit"
    assert printed("It was a dark and stormy" + lines) == ""


def test_a_pasted_mail_has_its_subject() -> None:
    assert printed("MIME-Version: 1.0\nSubject: The picnic\nFrom: Ann\n\nHello") == "The picnic"


@pytest.mark.parametrize(
    "line",
    [
        "Race or Ethnicity: Caucasian Special Needs: None",
        "«POAH «3E*»CM ^ .",
        "a | b",
        "--0000 Content",
        "姓 名 :B",
        "5.1 Hyper",
    ],
)
def test_fields_garbage_and_rows_are_no_titles(line: str) -> None:
    assert not is_printed_title(line)
