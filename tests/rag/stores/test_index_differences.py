"""An index that differs from its library is told of in words."""

from rag.stores.index_differences import differences


def test_each_index_is_told_of_by_its_name() -> None:
    assert list(differences({1, 2, 3}, {"dense": {1, 2, 3}, "keyword": {3, 4}})) == [
        "the keyword index lacks 2 of 3 chunks",
        "the keyword index has 1 chunks that the library has not",
    ]
