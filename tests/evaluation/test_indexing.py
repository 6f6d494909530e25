"""Documents of a set are indexed once per content and settings; their text is not changed."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from evaluation import indexing
from evaluation.indexing import index_documents, index_files
from evaluation.labelled_set import CorpusDocument
from evaluation.set_files import EvaluationError
from rag.runtime.progress import no_progress
from rag.services import Services
from rag.settings import load_settings
from tests.support.fakes import WordEmbedder
from tests.support.values import present

TEXT = "  Dogs\u00a0bark.\r\nCats sleep.  "


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    monkeypatch.setattr(Services, "embedder", WordEmbedder())
    return tmp_path / "cache" / "evaluation"


def test_a_set_is_indexed_once_and_its_text_is_stored_as_it_is() -> None:
    documents = [CorpusDocument("a", "Pets", TEXT)]
    for was_indexed in (False, True):
        with ExitStack() as stack:
            services, rate = index_documents("toy", documents, load_settings(), no_progress, stack)
            assert (rate is None) == was_indexed
            (document,) = services.library.documents()
            assert (document.source, present(services.library.page(document.id, 1)).text) == ("a", TEXT)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"\x00\x01\x02")
    with ExitStack() as stack, pytest.raises(EvaluationError, match=r"empty\.txt cannot be ingested"):
        index_files([tmp_path / "empty.txt"], load_settings(), no_progress, stack)
