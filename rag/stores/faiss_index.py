"""Dense search: a FAISS index derived from the library's vectors, exact while that is fast and approximate beyond.

Up to `EXACT_LIMIT` vectors, every vector is compared (IndexFlatIP). Beyond, vectors are assigned to cells around
trained centroids and only the nearest cells are probed (IVF; Jégou et al. 2011), in half precision. Their number
is set by measuring recall against exact search when the index is built.
"""

import logging
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from rag.interfaces import Vectors
from rag.runtime.compute_thread import computing

log = logging.getLogger(__name__)

EXACT_LIMIT = 50_000
"""Number of vectors up to which search is exact: some 13 ms at 384 dimensions, on one core."""

_VECTORS_PER_CELL = 512
_TRAINING_PER_CELL = 64
_MIN_RECALL = 0.99
"""Minimum recall@10 against exact search on sample queries, when the index is built."""

_MARGIN = 2
"""Factor on the number of probes: real questions lie farther from the passages than sample queries made of these."""

_MAX_CELLS_PER_PROBE = 8
"""At least one in this many cells is probed whatever recall says: where many vectors nearly repeat each other, the
sample queries' neighbours lie close together and a question's do not. A million vectors: 5 ms."""

_SAMPLE_QUERIES = 200
_BATCH = 10_000
_MAX_GROWTH = 4
"""An approximate index that has grown by this factor since it was trained is trained again."""


KnownVectors = Callable[[Sequence[int]], tuple[Sequence[int], Vectors]]
"""Return those of the ids that still exist and their vectors, as `Library.known_vectors` does: an index is built
while others write, and what they remove meanwhile is no fault."""


class FaissIndex:
    """A `VectorIndex` over inner products, which are cosines for unit vectors."""

    def __init__(self, dimension: int) -> None:
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._dimension = dimension

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def is_exact(self) -> bool:
        """True if every vector is compared."""
        return isinstance(self._index, faiss.IndexIDMap2)

    def is_suitable_for(self, count: int) -> bool:
        """Return True if this kind of index, as it was trained, suits `count` vectors."""
        if self.is_exact:
            return count <= EXACT_LIMIT
        return EXACT_LIMIT // 2 <= count <= _MAX_GROWTH * _VECTORS_PER_CELL * int(self._index.nlist)

    @classmethod
    @computing
    def build(cls, dimension: int, ids: Sequence[int], known_vectors: KnownVectors) -> "FaissIndex":
        """Build an index of the kind that suits the number of ids; vectors are fetched in batches."""
        index = cls(dimension)
        batches = [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]
        if not index.is_suitable_for(len(ids)):
            index._train(len(ids), batches, known_vectors)
        for batch in batches:
            known, vectors = known_vectors(batch)
            index._index.add_with_ids(np.ascontiguousarray(vectors), np.asarray(known, dtype=np.int64))
        if not index.is_exact:
            index._choose_probes(known_vectors(_every_nth(ids, len(ids) // _SAMPLE_QUERIES))[1])
        return index

    @computing
    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add vectors under ids; replace ids already present."""
        if len(ids) == 0:
            return
        self.remove(ids)
        self._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), np.asarray(ids, dtype=np.int64))

    @computing
    def remove(self, ids: Sequence[int]) -> None:
        """Remove ids; ignore unknown ones."""
        if len(ids) and len(self):
            self._index.remove_ids(np.asarray(ids, dtype=np.int64))

    @computing
    def search(self, vector: Vectors, limit: int, within: AbstractSet[int] | None = None) -> list[tuple[int, float]]:
        """Return the best (id, similarity) pairs, best first. With a filter all cells are probed, so it is exact."""
        limit = min(limit, len(self))
        if limit < 1 or (within is not None and not within):
            return []
        options: dict[str, Any] = {}
        if within is not None:
            options["sel"] = faiss.IDSelectorBatch(np.fromiter(within, dtype=np.int64))
        if self.is_exact:
            parameters = faiss.SearchParameters(**options)
        else:
            probes = self._index.nlist if within is not None else self._index.nprobe
            parameters = faiss.SearchParametersIVF(nprobe=probes, **options)  # type: ignore[call-arg]  # SWIG
        scores, ids = self._index.search(np.ascontiguousarray(vector[None]), limit, params=parameters)
        return [(int(id_), float(score)) for id_, score in zip(ids[0], scores[0], strict=True) if id_ >= 0]

    def ids(self) -> set[int]:
        """Return all ids in the index."""
        if self.is_exact:
            return set(faiss.vector_to_array(self._index.id_map).tolist())
        lists = self._index.invlists
        return {
            id_
            for cell in range(self._index.nlist)
            for id_ in faiss.rev_swig_ptr(lists.get_ids(cell), lists.list_size(cell)).tolist()
            if lists.list_size(cell)
        }

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        faiss.write_index(self._index, str(path))

    @classmethod
    def load(cls, path: Path, dimension: int) -> "FaissIndex":
        """Load an index from a file.

        Raises:
            ValueError: the file is not an index of this dimension.
        """
        loaded = cls(dimension)
        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise ValueError(f"{path.name} cannot be read") from error
        if not isinstance(index, faiss.IndexIDMap2 | faiss.IndexIVF) or index.d != dimension:
            raise ValueError(f"{path.name} is an index of another kind")
        loaded._index = index
        return loaded

    def _train(self, count: int, batches: Sequence[Sequence[int]], known_vectors: KnownVectors) -> None:
        cells = count // _VECTORS_PER_CELL
        step = max(1, count // (cells * _TRAINING_PER_CELL))
        sample = np.concatenate([known_vectors(_every_nth(batch, step))[1] for batch in batches])
        quantizer = faiss.IndexFlatIP(self._dimension)
        index = faiss.IndexIVFScalarQuantizer(
            quantizer, self._dimension, cells, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        index.train(np.ascontiguousarray(sample))
        self._index = index

    def _choose_probes(self, sample: Vectors) -> None:
        """Double the number of probes until recall suffices on queries halfway between stored vectors."""
        other = sample[np.random.default_rng(0).permutation(len(sample))]
        between = sample + other
        queries = np.ascontiguousarray(between / np.maximum(np.linalg.norm(between, axis=1, keepdims=True), 1e-6))
        exact = self._neighbours(queries, self._index.nlist)
        probes = 2
        recall = 0.0
        while recall < _MIN_RECALL and probes < self._index.nlist:
            probes = min(2 * probes, self._index.nlist)
            found = self._neighbours(queries, probes)
            recall = float(np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(found, exact, strict=True)]))
        self._index.nprobe = min(max(_MARGIN * probes, self._index.nlist // _MAX_CELLS_PER_PROBE), self._index.nlist)
        log.info("approximate index: recall@10 %.3f with %d of %d cells", recall, probes, self._index.nlist)

    def _neighbours(self, queries: Vectors, probes: int) -> Any:
        parameters = faiss.SearchParametersIVF(nprobe=probes)  # type: ignore[call-arg]  # SWIG
        _, ids = self._index.search(queries, 10, params=parameters)
        return ids


def _every_nth(ids: Sequence[int], step: int) -> Sequence[int]:
    return ids[:: max(1, step)]
