"""A title is a person's, not a program's, or the one that is printed."""

import pytest

from ingest.facts.opening import opening_of
from ingest.facts.titles import MAX_TITLE, title_of
from rag.types import Heading, Page, Structure


def title(text: str, declared: str = "", name: str = "a.pdf", headings: tuple[Heading, ...] = ()) -> str:
    page = Page(number=1, label="1", text=text, structure=Structure(headings=headings))
    return title_of(name, {"title": declared}, opening_of([page]))


@pytest.mark.parametrize(
    "junk",
    [
        "Microsoft Word - Document1",
        "Document1",
        "Untitled",
        "PowerPoint Presentation",
        "C:\\Users\\me\\report.doc",
        "/home/me/x.indd",
        "SPECIAL BOARD AGENDA 040616.doc",
        "0001018724-18-000005",
        "Screenshot 2025-07-29 at 00.15.56.png",
        "905_Precinct_NoOU",
        "Amcor 4Q 2023 Exhibit 99.1 - June 30, 2023",
        "\x00\x01",
        "",
        "Sans titre",
        "index",
        "12",
    ],
)
def test_titles_of_programs_and_files_do_not_count(junk: str) -> None:
    assert title("The annual picnic\n\nWe met on the hill.", junk) == "The annual picnic"


@pytest.mark.parametrize("declared", ["Annual report", "年報", "R 4.2 for beginners", "Index of birds"])
def test_words_of_a_person_do(declared: str) -> None:
    assert title("", declared) == declared


def test_a_program_before_a_real_title_is_taken_off() -> None:
    assert title("text", "Microsoft Word - The annual picnic") == "The annual picnic"


def test_the_name_of_the_file_is_no_title_unless_a_person_would_write_it() -> None:
    assert title("", "a_report_2", name="a_report_2.pdf") == title("", "board_agenda", name="Board-Agenda.pdf") == ""
    assert title("", "Board agenda", name="Board agenda.pdf") == "Board agenda"


def test_a_declared_title_that_the_page_does_not_confirm_gives_way_to_the_printed_heading() -> None:
    heading = Heading(1, 0, 12, "Sleep and age")
    assert title("Sleep and age\nIt varies.", "Template of the institute", headings=(heading,)) == "Sleep and age"
    assert (
        title("Sleep and age\nIt varies.", "Sleep and age: a review", headings=(heading,)) == "Sleep and age: a review"
    )


def test_the_name_of_a_site_is_left_out() -> None:
    assert title("# Ducks\nThey swim.", "Ducks - The pond's own encyclopedia", name="a.html") == "Ducks"


def test_a_printed_title_is_the_first_heading_of_the_highest_level() -> None:
    assert title("## Preface\n\n# Ducks\n\n# Geese") == "Ducks"
    assert title("# Sheet1\n\na | b") == ""
    assert title("# U.S. Department of Justice\n\n# Handbook of forms") == "Handbook of forms"


@pytest.mark.parametrize(
    "text",
    [
        "October 14, 1998\n\n",
        "Name: Jane\n\n",
        "This is a sentence that ends.\n\n",
        "a | b\n\n",
        "me@example.com\n\n",
        "1.2.3\n\n",
        "Race or Ethnicity: Caucasian Special Needs: None\n\n",
        "«POAH «3E*»CM ^ .\n\n",
        "--0000 Content\n\n",
        "姓 名 :B\n\n",
        "5.1 Hyper\n\n",
    ],
)
def test_lines_that_are_no_titles_are_passed_over(text: str) -> None:
    assert title(text + "The annual picnic\n\nWe met.") == "The annual picnic"


def test_a_title_of_ten_thousand_characters_is_cut_at_a_word() -> None:
    found = title("", "word " * 2_000)
    assert len(found) <= MAX_TITLE
    assert found.endswith("word…")
    assert title("", "x" * 500).endswith("x…")


def test_titles_from_right_to_left_and_with_controls_stay_readable() -> None:
    assert title("", "تقرير\x00 سنوي\u202e") == "تقرير سنوي"


def test_a_line_right_above_the_first_heading_is_the_title() -> None:
    assert title("Summer activities\n\n# Swimming in the lake\n\ntext") == "Summer activities"
    assert title("2019-01-01\n\n# Swimming in the lake\n\ntext") == "Swimming in the lake"
    assert title("# Swimming\n\n# In the lake") == "Swimming"


def test_the_number_of_a_form_is_no_part_of_its_title() -> None:
    assert title("DCF-F-2476-E (R. 04/2014)\n90-Day Summary Report\n\nIt says.") == "90-Day Summary Report"


def test_the_first_of_many_lines_is_a_title_if_it_looks_like_one() -> None:
    lines = "\nAccredited\n(By Us)\nAnd others\nToo\nAt last"
    assert title("Bank Good Credit" + lines) == "Bank Good Credit"
    assert title("It was a dark and stormy" + lines) == ""


def test_a_pasted_mail_has_its_subject() -> None:
    assert title("MIME-Version: 1.0\nSubject: The picnic\nFrom: Ann\n\nHello") == "The picnic"
