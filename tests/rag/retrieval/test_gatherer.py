"""Passages are gathered by the plan: sections, coverage, a search for each part."""

from collections.abc import Callable, Iterator, Set
from pathlib import Path

import numpy as np
import pytest

from rag.interfaces import Embedder, Library
from rag.retrieval.gatherer import Gatherer
from rag.retrieval.passage_budgets import reading_for
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Content, NewChunk, NewDocument, Page, Passage
from rag.understanding.planner import plan
from tests.support.fakes import WordEmbedder
from tests.support.stored_texts import put


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = SqliteLibrary(tmp_path / "library", embedder="e")
    yield library
    library.close()


def store(library: Library, name: str, *sections: tuple[str, str]) -> None:
    text = "\n".join(body for _, body in sections)
    chunks, at = [], 0
    for heading, body in sections:
        chunks.append(NewChunk(1, at, at + len(body), body, heading))
        at += len(body) + 1
    document = NewDocument(name=name, source=name, sha256=name, recipe="r", size=len(text))
    vectors = np.tile(np.eye(1, 8, dtype=np.float32), (len(chunks), 1))
    put(library, Content(document, (Page(number=1, label="", text=text),), tuple(chunks)), vectors)


def finder(library: Library, asked: list[str] | None = None) -> Callable[[str, int], list[Passage]]:
    """Return a search that finds the chunks with most of the words, and keeps what it was asked."""

    def search(wording: str, limit: int) -> list[Passage]:
        if asked is not None:
            asked.append(wording)
        words = set(wording.lower().strip("?.").split())
        chunks = library.chunks(library.chunk_ids())
        scored = [Passage(chunk, len(words & set(chunk.text.lower().strip(".").split()))) for chunk in chunks]
        return sorted((p for p in scored if p.score), key=lambda p: -p.score)[:limit]

    return search


def gather(
    library: Library,
    question: str,
    asked: list[str] | None = None,
    within: Set[int] | None = None,
    embedder: Embedder | None = None,
) -> list[Passage]:
    made = plan(question)
    search = finder(library, asked)
    return Gatherer(library, embedder).gather(made, reading_for(made), [question], search, within, 5)


def texts(passages: list[Passage]) -> list[str]:
    return [passage.chunk.text for passage in passages]


def test_a_list_is_read_with_the_section_that_its_best_hit_is_in(library: Library) -> None:
    duties = "the duties of members are these"
    store(library, "a", ("T", "far off " * 2000), ("T › 1. Duties", duties), ("T › 1. Duties", "more follows"))
    assert texts(gather(library, "What are the duties of members?")) == [duties, "more follows"]


def test_a_document_that_has_room_is_read_whole_before_other_hits(library: Library) -> None:
    store(library, "a", ("", "first things"), ("", "the duties of members are these"), ("", "last things"))
    store(library, "b", ("", "other duties"), ("", "unread"))
    found = gather(library, "What are the duties of members?")
    assert texts(found) == ["first things", "the duties of members are these", "last things", "other duties"]


def test_each_part_is_searched_for_and_has_its_share(library: Library) -> None:
    store(library, "a", ("", "young cats purr"), ("", "old dogs bark"), ("", "cats sleep"))
    asked: list[str] = []
    question = "What do young cats eat, and what do old dogs eat?"
    found = gather(library, question, asked)
    assert set(asked) == {*(part.query for part in plan(question).parts), question}
    assert set(texts(found)[:2]) == {"young cats purr", "old dogs bark"}


def test_a_summary_covers_the_only_document_from_beginning_to_end(library: Library) -> None:
    store(library, "a", ("1", "one"), ("2", "two"), ("3", "three"))
    assert texts(gather(library, "Summarise it.")) == ["one", "two", "three"]


def test_a_summary_of_a_section_reads_that_section(library: Library) -> None:
    headings = {"one": "1. Board", "two": "2. Votes", "three": "2. Votes › 2.1. Quorum", "four": "22. Fees"}
    store(library, "a", *((heading, text) for text, heading in headings.items()))
    assert texts(gather(library, "Summarise section 2.")) == ["two", "three"]


def test_of_several_documents_those_are_summarised_that_are_found(library: Library) -> None:
    store(library, "a", ("", "the lease begins"), ("", "the lease ends"))
    store(library, "b", ("", "bananas are yellow"), ("", "apples are red"))
    assert texts(gather(library, "Summarise the lease.")) == ["the lease begins", "the lease ends"]


def test_a_short_document_is_summarised_if_it_is_the_best_hit(library: Library) -> None:
    store(library, "a", ("", "my phone plans"))
    store(library, "b", ("", "committee plans"), ("", "plans of houses"), ("", "other plans"))
    assert texts(gather(library, "Summarise my phone plans.")) == ["my phone plans"]


def test_a_short_best_hit_and_a_longer_document_about_as_good_are_summarised_together(library: Library) -> None:
    store(library, "a", ("", "phone plans"))
    store(library, "b", ("", "plans of houses"), ("", "other plans"))
    assert set(texts(gather(library, "Summarise phone plans."))) == {"phone plans", "plans of houses", "other plans"}


@pytest.mark.parametrize(
    "question", ["Summarise plans.md", "What does Plans.md say about phones? Summarise it.", "Summarise the plans."]
)
def test_a_document_that_is_named_is_summarised_alone(library: Library, question: str) -> None:
    store(library, "plans.md", ("", "phones cost 5 euros"))
    store(library, "plans-of-some-houses.md", ("", "plans of houses"), ("", "other plans"))
    store(library, "rules.md", ("", "the committee plans"), ("", "the committee plans to summarise phones"))
    assert texts(gather(library, question)) == ["phones cost 5 euros"]


def test_only_the_chosen_documents_are_summarised(library: Library) -> None:
    store(library, "a", ("", "the lease begins"), ("", "the lease ends"))
    store(library, "b", ("", "bananas are yellow"))
    chosen = {document.id for document in library.documents() if document.name == "b"}
    found = gather(library, "Summarise it.", within=chosen)
    assert texts(found) == ["bananas are yellow"]


def test_a_text_of_many_tokens_is_thinned_out_evenly_and_loses_no_end(library: Library) -> None:
    store(library, "a", *((str(number), "7 " * 300) for number in range(40)))
    found = gather(library, "Summarise it.", embedder=WordEmbedder())
    sections = [int(passage.chunk.heading) for passage in found]
    assert len(sections) < 20
    assert sections[0] == 0
    assert sections[-1] > 30
