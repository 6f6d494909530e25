"""Dense search: a FAISS index, derived from the library's vectors."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from rag.interfaces import Vectors


class FaissIndex:
    """A `VectorIndex` with exact search over inner products, which are cosines for unit vectors."""

    def __init__(self, dimension: int) -> None:
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add vectors under ids; an id that is already there is replaced."""
        if len(ids) == 0:
            return
        self.remove(ids)
        self._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), np.asarray(ids, dtype=np.int64))

    def remove(self, ids: Sequence[int]) -> None:
        """Remove ids; unknown ones are ignored."""
        if len(ids) and len(self):
            self._index.remove_ids(np.asarray(ids, dtype=np.int64))

    def search(self, vector: Vectors, limit: int, within: AbstractSet[int] | None = None) -> list[tuple[int, float]]:
        """Best (id, similarity) pairs, best first."""
        limit = min(limit, len(self))
        if limit < 1 or (within is not None and not within):
            return []
        parameters = None
        if within is not None:
            allowed = np.fromiter(within, dtype=np.int64)
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(allowed))  # type: ignore[call-arg]  # SWIG
        scores, ids = self._index.search(np.ascontiguousarray(vector[None]), limit, params=parameters)
        return [(int(id_), float(score)) for id_, score in zip(ids[0], scores[0], strict=True) if id_ >= 0]

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path, dimension: int) -> "FaissIndex":
        """Read an index back.

        Raises:
            ValueError: the file is not an index of this dimension.
        """
        loaded = cls(dimension)
        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise ValueError(f"{path.name} cannot be read") from error
        if not isinstance(index, faiss.IndexIDMap2) or index.d != dimension:
            raise ValueError(f"{path.name} is an index of another kind")
        loaded._index = index
        return loaded
