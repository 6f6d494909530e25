from pathlib import Path

import pytest

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.structure.heading_sources import labelled_documents, outlined_documents
from tests.support.documents.pdfs import Words, write_words

_TITLES = [f"Title {name}" for name in ("one", "two", "three", "four", "five")]


def _pdf(path: Path, titles: list[str]) -> Path:
    rows = [Words(72, 700 - 40 * at, title) for at, title in enumerate(_TITLES)]
    return write_words(path, [rows], outline=[(title, 0, 1) for title in titles])


def test_only_outlines_whose_entries_are_on_their_pages_are_taken(tmp_path: Path) -> None:
    _pdf(tmp_path / "a.pdf", _TITLES)
    _pdf(tmp_path / "b.pdf", [f"Nothing {at}" for at in range(5)])
    _pdf(tmp_path / "c.pdf", _TITLES[:2])
    (tmp_path / "d.pdf").write_bytes(b"no PDF")

    found = list(outlined_documents(tmp_path))

    assert [document.path.name for document in found] == ["a.pdf"]
    assert [heading.title for heading in found[0].headings] == _TITLES


def test_of_equal_outlines_the_first_is_taken(tmp_path: Path) -> None:
    _pdf(tmp_path / "a.pdf", _TITLES)
    _pdf(tmp_path / "b.pdf", _TITLES)

    assert len(list(outlined_documents(tmp_path))) == 1


def test_labels_need_their_documents(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="none of the labelled documents"):
        list(labelled_documents(tmp_path))


def test_labels_of_a_document_are_those_of_its_pages(tmp_path: Path) -> None:
    _pdf(tmp_path / "ADOBE_2022_10K.pdf", _TITLES)

    found = list(labelled_documents(tmp_path))

    assert [document.path.name for document in found] == ["ADOBE_2022_10K.pdf"]
    assert {heading.page for heading in found[0].headings} <= found[0].pages
