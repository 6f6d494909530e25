"""The keyword index in tantivy: what is particular to it, beside the contract of every index."""

from pathlib import Path

import pytest
from tantivy import Document, Index, Occur, Query, SchemaBuilder

from rag.stores import keyword_terms
from rag.stores.keyword_index import TantivyIndex
from rag.text.analyzer import english_analyzer


def test_removing_and_adding_is_one_commit(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "index")
    index.add([1, 2], ["alpha", "beta"])
    other = TantivyIndex(tmp_path / "index")
    index.update([1], [3], ["gamma"])
    assert index.ids() == {2, 3}
    assert other.ids() == {1, 2}  # as it was opened
    assert Index.exists(str(tmp_path / "index"))


def test_only_the_first_terms_of_a_very_long_query_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyword_terms, "_MAX_QUERY_TERMS", 2)
    index = TantivyIndex()
    index.add([1, 2, 3], ["alpha", "beta", "gamma"])
    assert {id_ for id_, _ in index.search("alpha alpha beta gamma", 5)} == {1, 2}


ENGLISH = [
    "The running costs of the cafés rose by 12 % in 2019 — see “Note 4” for the houses’ values.",
    "def main(argv): return sorted(argv, key=len)  # the longest words last",
    "Net sales | 2018: 32,765 | 2017: 31,657",
    "",
]
QUERIES = ["What were the running costs in 2019?", "sorted words", "Note 4 house value", "café", "die 2018"]


def test_a_library_in_english_is_scored_as_by_an_english_index_to_the_last_bit() -> None:
    schema = SchemaBuilder().add_integer_field("id", stored=True).add_text_field("text", tokenizer_name="en").build()
    english = Index(schema)
    english.register_tokenizer("en", english_analyzer())
    writer = english.writer(num_threads=1)
    for id_, text in enumerate(ENGLISH):
        writer.add_document(Document.from_dict({"id": id_, "text": text}, schema))
    writer.commit()
    english.reload()
    index = TantivyIndex()
    index.add(range(len(ENGLISH)), ENGLISH, ["en", "", "en", ""])
    for query in QUERIES:
        terms = dict.fromkeys(english_analyzer().analyze(query))
        wanted = Query.boolean_query([(Occur.Should, Query.term_query(schema, "text", term)) for term in terms])
        searcher = english.searcher()
        hits = [(searcher.doc(address)["id"][0], score) for score, address in searcher.search(wanted, 5).hits]
        assert index.search(query, 5) == hits


def test_a_question_finds_parts_of_compounds_in_its_own_language_only() -> None:
    index = TantivyIndex()
    index.add([1, 2], ["Die Bevölkerungsgruppen der Stadt", "Die Häuser der Stadt"], ["de", "de"])
    assert [id_ for id_, _ in index.search("Welche Gruppen gibt es in der Bevölkerung?", 5)] == [1]
    assert index.search("Which populations are in the group?", 5) == []
