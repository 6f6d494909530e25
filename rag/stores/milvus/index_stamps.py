"""Stamps in Milvus: the library that each collection of an index derives from, and the generation it has reached."""

import json
from dataclasses import asdict, dataclass

from pymilvus import DataType, MilvusClient

from rag.stores.keyword_terms import FORMAT
from rag.stores.milvus.milvus_server import MilvusServer

STAMPS = "citewell_stamps"
_MOST_CHARS = 200


@dataclass(frozen=True, slots=True)
class IndexStamp:
    """The library, dimension, generation and analysis that a collection was derived from, and which build it is."""

    library: str
    dimension: int
    generation: int
    format: int = FORMAT
    build: str = ""


class IndexStamps:
    """The stamps of all collections of a server, in a collection of their own."""

    def __init__(self, server: MilvusServer) -> None:
        self._server = server

    def read(self, name: str) -> IndexStamp | None:
        """Return the stamp of a collection as it was last written, by whomever; None if it has none."""
        if not self._server.call("has_collection", collection_name=STAMPS):
            return None
        self._server.call("load_collection", collection_name=STAMPS)
        fields = ["library", "dimension", "generation", "format"]
        rows = self._server.call(
            "query",
            collection_name=STAMPS,
            filter=f"name == {json.dumps(name)}",
            output_fields=fields,
            consistency_level="Strong",
        )
        if not rows:
            return None
        values = {field: rows[0][field] for field in fields}
        values["library"], _, build = values["library"].partition(" ")
        return IndexStamp(**values, build=build)

    def write(self, name: str, stamp: IndexStamp) -> None:
        """Write the stamp of a collection, in place of its earlier one."""
        if not self._server.call("has_collection", collection_name=STAMPS):
            self._create()
        values = asdict(stamp)
        # The collection of earlier versions is kept, which had no field for the build.
        values["library"] = f"{stamp.library} {values.pop('build')}".rstrip()
        row = {"name": name, "unused": [0.0, 0.0], **values}
        self._server.call("upsert", collection_name=STAMPS, data=[row])

    def delete(self, name: str) -> None:
        """Delete the stamp of a collection."""
        if self._server.call("has_collection", collection_name=STAMPS):
            self._server.call("delete", collection_name=STAMPS, filter=f"name == {json.dumps(name)}")

    def _create(self) -> None:
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("name", DataType.VARCHAR, is_primary=True, max_length=_MOST_CHARS)
        schema.add_field("library", DataType.VARCHAR, max_length=_MOST_CHARS)
        for field in ("dimension", "generation", "format"):
            schema.add_field(field, DataType.INT64)
        schema.add_field("unused", DataType.FLOAT_VECTOR, dim=2)  # a collection of Milvus must have one
        index = MilvusClient.prepare_index_params()
        index.add_index("unused", index_type="FLAT", metric_type="L2")
        self._server.call("create_collection", collection_name=STAMPS, schema=schema, index_params=index)
