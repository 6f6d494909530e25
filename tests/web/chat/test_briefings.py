"""A briefing asks what is said about each note, in their language, so that each is searched for by itself."""

import pytest

from rag.errors import QuestionError
from rag.types import Note
from rag.understanding.planner import plan
from web.chat.briefings import briefing_question


def note(title: str, text: str = "") -> Note:
    return Note(id="1", owner="", title=title, text=text, record=None, version=1, created_at="2026", updated_at="2026")


@pytest.mark.parametrize(
    ("notes", "question"),
    [
        ([note("Fees")], "What is said in detail about “Fees”?"),
        (
            [note("Fees", "for children"), note("How old is an oak?")],
            "What is said in detail about “Fees: for children”? How old is an oak?",
        ),
        ([note("How old is an oak?")], "In detail: How old is an oak?"),
        ([note("Eintritt für Kinder und Hunde")], "Was steht ausführlich über „Eintritt für Kinder und Hunde“?"),
        ([note("", "Is it “free”? Or not")], "What is said in detail about “Is it free Or not”?"),
    ],
)
def test_each_note_is_asked_about(notes: list[Note], question: str) -> None:
    assert briefing_question(notes) == question


def test_it_is_planned_as_parts_of_which_unsupported_sentences_are_left_out() -> None:
    planned = plan(briefing_question([note("Fees"), note("Dogs in the hall"), note("How old is an oak?")]))
    assert [part.text for part in planned.parts] == [
        "What is said in detail about “Fees”?",
        "What is said in detail about “Dogs in the hall”?",
        "How old is an oak?",
    ]
    assert planned.is_gathered


def test_it_takes_one_to_six_notes() -> None:
    assert briefing_question([note("a long topic " * 40)] * 6).count("?") == 6
    for wrong in ([], [note("")], [note("a")] * 7):
        with pytest.raises(QuestionError, match="1 to 6 notes"):
            briefing_question(wrong)
