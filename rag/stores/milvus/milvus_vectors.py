"""Dense search in Milvus: an HNSW index over a copy of the library's vectors."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from pymilvus import DataType

from rag.interfaces import Vectors
from rag.stores.milvus.milvus_collection import MilvusCollection

MOST_FOUND = 16_384
"""What Milvus gives at most."""

_CANDIDATES = 400
"""Candidates of a search: with few, questions that lie far from all passages miss one in eight of the ten nearest."""


class MilvusVectorIndex:
    """A `VectorIndex` over a collection."""

    def __init__(self, collection: MilvusCollection, dimension: int) -> None:
        self.collection = collection
        self._dimension = dimension

    def create(self) -> None:
        """Create the collection empty, in place of what there is."""
        self.collection.create(self._add_fields)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add vectors under ids; replace ids already present."""
        rows = [{"id": id_, "vector": vector.tolist()} for id_, vector in zip(ids, vectors, strict=True)]
        self.collection.upsert(rows)

    def remove(self, ids: Sequence[int]) -> None:
        """Remove ids; ignore unknown ones."""
        self.collection.delete(ids)

    def search(self, vector: Vectors, limit: int, within: AbstractSet[int] | None = None) -> list[tuple[int, float]]:
        """Return the best (id, similarity) pairs, best first."""
        if limit < 1 or (within is not None and not within):
            return []
        limit = min(limit, MOST_FOUND)
        return self.collection.nearest(vector.tolist(), limit, within, field="vector", ef=max(_CANDIDATES, limit))

    def ids(self) -> set[int]:
        """Return all ids in the index."""
        return self.collection.ids()

    def _add_fields(self, schema: Any, index: Any) -> None:
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self._dimension)
        index.add_index("vector", index_type="HNSW", metric_type="IP", params={"M": 16, "efConstruction": 128})
