"""The keyword index in tantivy: what is particular to it, beside the contract of every index."""

from pathlib import Path

import pytest
from tantivy import Index

from rag.stores import keyword_index
from rag.stores.keyword_index import TantivyIndex


def test_an_index_in_a_folder_is_found_again(tmp_path: Path) -> None:
    TantivyIndex(tmp_path / "index").add([1, 2], ["red apple", "green pear"])
    again = TantivyIndex(tmp_path / "index")
    assert len(again) == 2
    assert [id_ for id_, _ in again.search("apples", 5)] == [1]


def test_removing_and_adding_is_one_commit(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "index")
    index.add([1, 2], ["alpha", "beta"])
    other = TantivyIndex(tmp_path / "index")
    index.update([1], [3], ["gamma"])
    assert index.ids() == {2, 3}
    assert other.ids() == {1, 2}  # as it was opened
    assert Index.exists(str(tmp_path / "index"))


def test_without_a_change_nothing_is_written(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "index")
    before = sorted(path.name for path in (tmp_path / "index").iterdir())
    index.update([], [], [])
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == before


def test_only_the_first_terms_of_a_very_long_query_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyword_index, "_MAX_QUERY_TERMS", 2)
    index = TantivyIndex()
    index.add([1, 2, 3], ["alpha", "beta", "gamma"])
    assert {id_ for id_, _ in index.search("alpha alpha beta gamma", 5)} == {1, 2}
