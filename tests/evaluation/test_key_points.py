"""Answers are graded by key points, as the labelled set's own grader grades them."""

import importlib.util
import json
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.key_points import Grade, grade, is_affirmed, normalise, occurs
from tests.support.paths import SHARED_DOCUMENTS

EVERYDAY = SHARED_DOCUMENTS.parent / "everyday"
NUMBERS = (("one",), ("two", "2"))


def graded(text: str, *, answerable: bool = True, abstained: bool = False) -> Grade:
    return grade(text, NUMBERS if answerable else (), ("three",), answerable=answerable, abstained=abstained)


@pytest.mark.parametrize(
    ("text", "alternative", "reached"),
    [
        ("It rose to $14,694 million.", "14,694", True),
        ("12,25 Cent", "12.25", True),
        ("in 1945", "45", False),
        ("4.55", "4.5", False),
        ("The files are encrypted.", "encrypt", True),
        ("on this page", "age", False),
        ("Der Projektleiter", "*leiter", True),
        ("截止 9 月 21 日", "9月21日", True),
        ("mont\u00e9s sur l\u2019arbre", "arbre", True),
    ],
)
def test_an_alternative_is_found_in_any_usual_spelling_but_not_inside_a_word_or_number(
    text: str, alternative: str, reached: bool
) -> None:
    assert occurs(alternative, normalise(text)) is reached


def test_a_wrong_string_counts_unless_it_is_denied() -> None:
    assert is_affirmed("it grew", normalise("Yes, it grew."))
    assert not is_affirmed("it grew", normalise("It is not true that it grew."))
    assert is_affirmed("it grew", normalise("It was not so at first, but in the years since then it grew."))


def test_recall_is_the_share_of_the_points_reached_and_a_refusal_reaches_none() -> None:
    assert (graded("One and 2.").recall, graded("one").recall, graded("one").missed) == (1.0, 0.5, (("two", "2"),))
    withheld = graded("one and two", abstained=True)
    assert (withheld.recall, withheld.refused, withheld.missed, withheld.words) == (0.0, True, NUMBERS, None)
    assert (graded("").refused, graded("The sources do not say.").refused) == (True, True)
    assert not graded("One; the sources do not say more.").refused, "it reaches a point"
    assert (graded("one, three").wrong, graded("one").wrong) == (True, False)


def test_an_answer_to_what_cannot_be_answered_is_wrong() -> None:
    assert (graded("Forty.", answerable=False).wrong, graded("Forty.", answerable=False).recall) == (True, None)
    assert not graded("The document does not say.", answerable=False).wrong


@pytest.fixture(scope="module")
def grader() -> ModuleType:
    path = EVERYDAY / "grade.py"
    if not path.is_file():
        pytest.skip("the labelled set is not here")
    spec = importlib.util.spec_from_file_location("everyday_grader", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_grades_are_those_of_the_labelled_sets_own_grader(grader: ModuleType) -> None:
    questions = [json.loads(line) for line in (EVERYDAY / "questions.jsonl").read_text("utf-8").splitlines()]
    for number, question in enumerate(questions):
        points = question["key_points"]
        spoken = [point[-1].lstrip("*") for point in points[number % 3 :]]
        for text in (
            "; ".join(spoken),
            question["question"],
            f"The document does not say. {question['note']}",
            f"It is not {' nor '.join(question.get('wrong', ['so']))}.",
            " ".join(question.get("wrong", [])),
            "",
        ):
            for abstained in (False, True):
                theirs = grader.grade_one(question, {"answer": text, "abstained": abstained})
                assert _as_theirs(question, text, abstained) == {key: theirs[key] for key in _COMPARED}, text


_COMPARED = ("recall", "missed", "wrong", "refused", "words")


def _as_theirs(question: dict[str, Any], text: str, abstained: bool) -> dict[str, Any]:
    ours = grade(
        text,
        tuple(map(tuple, question["key_points"])),
        question.get("wrong", ()),
        answerable=question["answerable"],
        abstained=abstained,
    )
    return {key: getattr(ours, key) for key in _COMPARED} | {"missed": list(map(list, ours.missed))}


@given(text=st.text(alphabet="aAn the1,.5%-'\u2019 é月九x*", max_size=40), point=st.text("ab1.,* é月", max_size=6))
def test_any_text_is_normalised_and_searched_as_by_the_sets_own_grader(
    grader: ModuleType, text: str, point: str
) -> None:
    assert normalise(text) == grader.normalise(text)
    assert occurs(point, normalise(text)) == grader.contains(grader.normalise(text), point)
    assert is_affirmed(point, normalise(text)) == grader.affirms(grader.normalise(text), point)
