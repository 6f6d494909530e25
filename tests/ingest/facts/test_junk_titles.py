"""Titles that nobody wrote."""

import pytest

from ingest.facts.junk_titles import bare, is_file_name, is_junk, without_program


@pytest.mark.parametrize("title", ["Untitled", "Document1", "0001018724-18-000005", "C:\\a\\b.doc", "index", "", "12"])
def test_placeholders_numbers_and_paths_say_nothing(title: str) -> None:
    assert is_junk(title)


@pytest.mark.parametrize("title", ["Annual report", "年報", "R 4.2 for beginners", "Index of birds"])
def test_words_say_something(title: str) -> None:
    assert not is_junk(title)


def test_names_of_files_are_recognised_with_and_without_spaces() -> None:
    assert is_file_name("SPECIAL BOARD AGENDA 040616.doc", "a.pdf")
    assert is_file_name("board_agenda", "Board-Agenda.pdf")
    assert not is_file_name("Board agenda", "Board agenda.pdf")


def test_the_program_before_a_title_is_taken_off() -> None:
    assert without_program("Microsoft Word - Picnic") == "Picnic"
    assert bare("A-b_C 1!") == "abc1"
