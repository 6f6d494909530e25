"""One collection in Milvus: rows by id, written in batches, searched within ids of any number."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from time import monotonic
from typing import Any

from pymilvus import DataType, MilvusClient

from rag.stores.milvus.milvus_server import MilvusServer, NotLoadedError

WRITTEN_AT_ONCE = 1_000
"""Rows of a request: 16 MB at 4,096 dimensions, where Milvus takes 64."""

_IDS_AT_ONCE = 20_000
"""Ids of a filter in one request; of more, each part is searched, and the best of all are taken."""

_READ_AT_ONCE = 10_000
"""Rows that are read at once: Milvus gives 16,384."""

_SETTLING_SECONDS = 15.0
"""After a change, how long searches wait for all that was written. Later the usual consistency is enough, which may lag
behind by five seconds, and costs a twentieth of the time."""


class MilvusCollection:
    """A collection of a name, whose key is `id`."""

    def __init__(self, server: MilvusServer, name: str) -> None:
        self._server = server
        self.name = name
        self._settled_at = monotonic() + _SETTLING_SECONDS

    def call(self, method: str, **arguments: Any) -> Any:
        """Call a method of the client on this collection, which is loaded first if the server was started anew."""
        try:
            return self._server.call(method, collection_name=self.name, **arguments)
        except NotLoadedError:
            self.open()
            return self._server.call(method, collection_name=self.name, **arguments)

    def indexes_fields(self) -> bool:
        """Return whether the server has indexes over fields other than vectors."""
        return not self._server.is_lite()

    def open(self) -> bool:
        """Have the server search it; return False if it has none."""
        if not self.call("has_collection"):
            return False
        self.call("load_collection")
        return True

    def create(self, add_fields: Callable[[Any, Any], None]) -> None:
        """Create it empty, with the fields and indexes that a function adds, in place of what there is."""
        self.call("drop_collection")
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        indexes = MilvusClient.prepare_index_params()
        add_fields(schema, indexes)
        self.call("create_collection", schema=schema, index_params=indexes, consistency_level="Bounded")
        self.notice_change()

    def notice_change(self) -> None:
        """Have searches see what was written up to now, by whomever."""
        self._settled_at = monotonic() + _SETTLING_SECONDS

    def upsert(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows, in place of those of the same id."""
        for start in range(0, len(rows), WRITTEN_AT_ONCE):
            self.call("upsert", data=list(rows[start : start + WRITTEN_AT_ONCE]))
        self.notice_change()

    def delete(self, ids: Sequence[int]) -> None:
        """Delete the rows of ids; ignore unknown ones."""
        for filter_ in _filters(ids):
            self.call("delete", filter=filter_)
        self.notice_change()

    def count(self, expression: str = "", within: Sequence[int] | None = None) -> int:
        """Return the number of rows that an expression is true of, of all or of some ids."""
        total = 0
        for filter_ in _filters(within):
            rows = self._query(" and ".join(filter(None, (filter_, expression))), ["count(*)"])
            total += int(rows[0]["count(*)"])
        return total

    def rows(self, ids: Sequence[int], fields: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """Yield fields of the rows of ids, in no order, without those that are not there."""
        for filter_ in _filters(ids, _READ_AT_ONCE):
            yield from self._query(filter_, fields)

    def first(self, expression: str, field: str) -> Any:
        """Return a field of some row that an expression is true of; None if there is none."""
        rows = self._query(expression, [field], limit=1)
        return rows[0][field] if rows else None

    def ids(self) -> set[int]:
        """Return all ids."""
        found: set[int] = set()
        pages = self.call(
            "query_iterator",
            batch_size=_READ_AT_ONCE,
            filter="id >= 0",
            output_fields=["id"],
            consistency_level="Strong",
        )
        while rows := pages.next():
            found.update(int(row["id"]) for row in rows)
        pages.close()
        return found

    def nearest(
        self, query: Any, limit: int, within: AbstractSet[int] | None, *, field: str, **parameters: Any
    ) -> list[tuple[int, float]]:
        """Return the best (id, product) pairs, best first."""
        found: list[tuple[int, float]] = []
        for filter_ in _filters(None if within is None else sorted(within)):
            (hits,) = self.call(
                "search",
                data=[query],
                anns_field=field,
                limit=limit,
                filter=filter_,
                search_params={"metric_type": "IP", "params": parameters},
                consistency_level=self._consistency(),
            )
            found.extend((int(hit["id"]), float(hit["distance"])) for hit in hits)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:limit]

    def _query(self, expression: str, fields: Sequence[str], **options: Any) -> Any:
        return self.call(
            "query",
            filter=expression,
            output_fields=list(fields),
            consistency_level=self._consistency(),
            **options,
        )

    def _consistency(self) -> str:
        return "Strong" if monotonic() < self._settled_at else "Bounded"


def _filters(within: Sequence[int] | None, at_once: int = _IDS_AT_ONCE) -> Iterator[str]:
    """Yield filters that together choose these ids; for None one that chooses all."""
    if within is None:
        yield ""
        return
    for start in range(0, len(within), at_once):
        # Written out, as Milvus Lite knows no parameters; they are numbers.
        yield f"id in [{','.join(str(int(id_)) for id_ in within[start : start + at_once])}]"
