"""Formats know their marks."""

from rag.postprocessing.tool_calls.call_formats import FORMATS, HERMES


def test_marks_of_two_formats_are_not_confused() -> None:
    marks = [mark for form in FORMATS for mark in form.marks]
    assert len(set(marks)) == len(marks)
    assert not any(one.startswith(other) for one in marks for other in marks if one != other)


def test_openings_are_marks() -> None:
    assert HERMES.marks == ("<tool_call>", "<tools>", "</tool_call>", "</tools>")
    assert all(opening in form.marks for form in FORMATS for opening in form.openings)
