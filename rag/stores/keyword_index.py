"""Keyword search: a BM25 index in tantivy, derived from the library's text."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from tantivy import Document, Index, Occur, Query, SchemaBuilder

from rag.text.analyzer import english_analyzer

ANALYZER = "citewell_en"
_WRITER_HEAP_BYTES = 64_000_000
_MAX_QUERY_TERMS = 256


class TantivyIndex:
    """A `KeywordIndex` in a folder, or in memory without one. English is stemmed, other text matched word by word."""

    def __init__(self, folder: Path | None = None) -> None:
        schema = (
            SchemaBuilder()
            .add_integer_field("id", indexed=True, fast=True)
            .add_text_field("text", tokenizer_name=ANALYZER, index_option="freq")
            .build()
        )
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._schema = schema
        self._index = Index(schema, path=str(folder)) if folder else Index(schema)
        self._analyzer = english_analyzer()
        self._index.register_tokenizer(ANALYZER, self._analyzer)
        self._index.reload()

    def __len__(self) -> int:
        return self._index.searcher().num_docs

    def add(self, ids: Sequence[int], texts: Sequence[str]) -> None:
        """Add texts under ids; replace ids already present."""
        self.update(ids, ids, texts)

    def remove(self, ids: Sequence[int]) -> None:
        """Remove ids; ignore unknown ones."""
        self.update(ids, (), ())

    def update(self, removed: Sequence[int], added: Sequence[int], texts: Sequence[str]) -> None:
        """Remove and add in one commit."""
        if not removed and not added:
            return
        writer = self._index.writer(_WRITER_HEAP_BYTES, num_threads=1)
        for id_ in removed:
            writer.delete_documents_by_term("id", id_)
        for id_, text in zip(added, texts, strict=True):
            writer.add_document(Document.from_dict({"id": id_, "text": text}, self._schema))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def ids(self) -> set[int]:
        """Return all ids in the index."""
        searcher = self._index.searcher()
        if not searcher.num_docs:
            return set()
        hits = searcher.search(Query.all_query(), searcher.num_docs, count=False).hits
        found = searcher.fast_field_values("id", [address for _, address in hits])
        return {int(id_) for id_ in found if id_ is not None}

    def search(self, text: str, limit: int, within: AbstractSet[int] | None = None) -> list[tuple[int, float]]:
        """Return the best (id, BM25 score) pairs, best first. The query has no syntax and is analysed like text."""
        terms = list(dict.fromkeys(self._analyzer.analyze(text)))[:_MAX_QUERY_TERMS]
        if not terms or limit < 1 or (within is not None and not within):
            return []
        query = Query.boolean_query([(Occur.Should, Query.term_query(self._schema, "text", term)) for term in terms])
        if within is not None:
            allowed = Query.const_score_query(Query.term_set_query(self._schema, "id", sorted(within)), 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, allowed)])
        searcher = self._index.searcher()
        hits = searcher.search(query, limit, count=False).hits
        ids = searcher.fast_field_values("id", [address for _, address in hits])
        return [
            (int(id_), float(score))
            for id_, (score, _) in zip(ids, hits, strict=True)
            if id_ is not None and score is not None
        ]
