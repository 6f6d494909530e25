from pathlib import Path

import pytest

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.structure.heading_report import evaluate
from rag.runtime.progress import no_progress
from tests.support.documents.pdfs import Words, write_words

_PROSE = "This line of a paragraph is long enough to fill the column"


def _pdf(path: Path, names: str) -> None:
    titles = [f"{at} {name}" for at, name in enumerate(names.split(), start=1)]
    rows = [
        row
        for at, title in enumerate(titles)
        for row in (
            Words(72, 760 - 100 * at, title, 14, "F2"),
            *(Words(72, 736 - 100 * at - 12 * line, _PROSE) for line in range(4)),
        )
    ]
    write_words(path, [rows], outline=[(title, 0, 1) for title in titles])


def test_documents_are_scored_against_their_hidden_outlines_and_split(tmp_path: Path) -> None:
    _pdf(tmp_path / "a.pdf", "Aims Methods Results Costs Outlook")
    _pdf(tmp_path / "b.pdf", "Terms Payment Delivery Liability Duration")

    report = evaluate(tmp_path, no_progress)

    assert [(each.document, each.split) for each in report.documents] == [("a.pdf", "dev"), ("b.pdf", "test")]
    assert report.total().f1(levels=True) == 1
    assert report.total("dev").expected == 5


def test_a_folder_without_outlines_says_so(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no PDF with an outline"):
        evaluate(tmp_path, no_progress)


def test_a_folder_of_one_document_has_no_figure_for_the_split_without_one(tmp_path: Path) -> None:
    _pdf(tmp_path / "a.pdf", "Aims Methods Results Costs Outlook")
    report = evaluate(tmp_path, no_progress)
    assert [(split, score.expected) for split, score in report.splits().items()] == [("dev", 5)]
