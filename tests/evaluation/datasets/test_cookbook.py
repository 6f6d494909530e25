"""The cookbook's set is read with its headings as titles, and converted with the nearest sections as distractors."""

from pathlib import Path

import pytest

from evaluation.datasets.conversion import ConversionOptions, convert
from evaluation.datasets.cookbook import read_cookbook
from evaluation.datasets.labelled_set import EvaluationError
from tests.support.labels.labelled_sets import gold_texts, write_cookbook


def test_the_cookbooks_set_is_read_with_headings_as_titles(tmp_path: Path) -> None:
    write_cookbook(tmp_path)
    labelled = read_cookbook(tmp_path)
    (document,) = labelled.documents
    assert (document.id, document.title, document.text) == ("docs#0", "Models", "Claude is a family.")
    assert (labelled.queries, labelled.judgements) == ({"q": "What is Claude?"}, {"q": {"docs#0": 1}})
    with pytest.raises(EvaluationError, match="needs anthropic_docs"):
        read_cookbook(tmp_path / "elsewhere")


def test_a_cookbook_question_comes_with_its_sections_and_the_nearest_up_to_five(tmp_path: Path) -> None:
    write_cookbook(tmp_path, sections=8)
    (case,) = convert("cookbook", tmp_path, ConversionOptions())
    assert (len(case.passages), gold_texts(case), case.long) == (5, ["Claude is a family."], True)
    assert case.answers == ("A family.",)
