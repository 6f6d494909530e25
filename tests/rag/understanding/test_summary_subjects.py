"""A summary is asked of a subject, or of everything there is."""

import pytest

from rag.understanding.summary_subjects import is_about_everything, subject_in_order, summary_subject


@pytest.mark.parametrize(
    ("question", "language", "subject"),
    [
        ("Summarise what it says about mooring", "en", {"says", "mooring"}),
        ("Summarise the harbour rules.", "en", {"harbour", "rules"}),
        ("请概括一下这份报告关于船只的内容", "zh", {"关于船只"}),
    ],
)
def test_a_subject_is_told(question: str, language: str, subject: set[str]) -> None:
    assert not is_about_everything(question, language)
    assert summary_subject(question, language) == subject


def test_its_words_stay_in_order_for_the_search() -> None:
    assert subject_in_order("Summarise the main rules of the harbour") == ["rules", "harbour"]
