"""A known ranking gets its known measures, in every mode that was asked for."""

from pathlib import Path

import pytest

from evaluation import indexing
from evaluation.labelled_set import read_set
from evaluation.set_files import EvaluationError
from rag.runtime.progress import no_progress
from rag.services import Services
from rag.settings import load_settings
from tests.evaluation.test_labelled_set import folder as folder
from tests.support.fakes import ScriptedGenerator, WordEmbedder

ranking = pytest.importorskip("evaluation.ranking", reason="measuring retrieval needs the extra 'eval'")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(indexing, "user_cache_path", lambda _name: tmp_path / "cache")
    monkeypatch.setattr(Services, "embedder", WordEmbedder())
    return tmp_path / "cache"


def test_an_easy_set_is_answered_perfectly_in_each_mode_and_indexed_once(folder: Path) -> None:
    reports = [
        ranking.evaluate(read_set(folder, "test"), load_settings(), no_progress, ["dense", "hybrid"]) for _ in range(2)
    ]
    assert [(r.documents, r.queries, r.documents_per_s is None) for r in reports] == [(4, 2, False), (4, 2, True)]
    for outcome in reports[0].outcomes:
        assert outcome.measures == dict.fromkeys(ranking.MEASURES, 1.0)
        assert 0 < outcome.p50_ms <= outcome.p95_ms
    assert reports[0].outcomes[1].measures == reports[1].outcomes[1].measures


def test_a_sample_of_the_queries_and_their_translations_are_searched_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Services, "generator", ScriptedGenerator("never needed for English documents"))
    options = ranking.QueryOptions(limit=1, translate=True)
    report = ranking.evaluate(read_set(folder, "test"), load_settings(), no_progress, ["keyword"], options)
    assert report.queries == 1
    assert report.outcomes[0].measures == dict.fromkeys(ranking.MEASURES, 1.0)


def test_a_set_without_judged_queries_is_refused_before_it_is_indexed(folder: Path, cache: Path) -> None:
    (folder / "queries.test.jsonl").write_text('{"_id": "nobody judged it", "text": "zebras"}\n')
    with pytest.raises(EvaluationError, match="no query with a relevant document"):
        ranking.evaluate(read_set(folder, "test"), load_settings(), no_progress, ["keyword"])
    assert not cache.exists()
