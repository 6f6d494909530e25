"""The dense index in FAISS: exact or approximate by size, recall, and files that cannot be loaded."""

from pathlib import Path

import numpy as np
import pytest

from rag.stores import faiss_index
from rag.stores.faiss_index import FaissIndex
from tests.contracts.test_indexes_contract import random_units


def test_an_approximate_index_reaches_its_recall_after_it_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faiss_index, "EXACT_LIMIT", 5000)
    stored = random_units(20_000, 16)
    built = FaissIndex.build(16, range(20_000), lambda ids: (ids, stored[list(ids)]))
    built.save(tmp_path / "index")
    loaded = FaissIndex.load(tmp_path / "index", 16)
    assert not loaded.is_exact
    assert loaded.is_suitable_for(20_000)
    assert not loaded.is_suitable_for(1000)
    hits = 0
    for query in random_units(50, 16) + 0.01:
        exact = set(np.argsort(-(stored @ query))[:10].tolist())
        hits += len(exact & {id_ for id_, _ in loaded.search(query, 10)})
    assert hits / 500 >= 0.9


def test_an_index_that_cannot_be_loaded_is_a_value_error(tmp_path: Path) -> None:
    file = tmp_path / "dense.faiss"
    file.write_bytes(b"not an index")
    with pytest.raises(ValueError, match=r"dense\.faiss cannot be read"):
        FaissIndex.load(file, 16)
    FaissIndex(8).save(file)
    with pytest.raises(ValueError, match=r"dense\.faiss is an index of another kind"):
        FaissIndex.load(file, 16)
