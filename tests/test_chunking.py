"""Chunks: exact offsets, nothing lost, never more tokens than the embedder sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import SentenceChunker
from ingest.pipeline import embedded_text
from rag.models.embedder import SentenceTransformerEmbedder
from rag.types import Page
from tests.fakes import WordEmbedder

COUNTER = WordEmbedder()
TEXTS = st.text(alphabet=st.sampled_from("ab .\n#-é🦉"), max_size=400)


def chunker(chunk_tokens: int = 20, overlap: int = 1) -> SentenceChunker:
    return SentenceChunker(COUNTER, chunk_tokens=chunk_tokens, overlap=overlap)


def pages(*texts: str) -> list[Page]:
    return [Page(number, str(number), text) for number, text in enumerate(texts, start=1)]


@given(st.lists(TEXTS, max_size=3), st.integers(0, 3))
def test_a_chunk_is_exactly_its_span_of_its_page(texts: list[str], overlap: int) -> None:
    for chunk in chunker(16, overlap).chunk(pages(*texts)):
        assert chunk.text == texts[chunk.page - 1][chunk.start : chunk.end] == chunk.text.strip() != ""


@given(TEXTS, st.integers(0, 3))
def test_every_character_that_is_not_white_space_is_in_a_chunk(text: str, overlap: int) -> None:
    covered = {i for chunk in chunker(16, overlap).chunk(pages(text)) for i in range(chunk.start, chunk.end)}
    assert all(i in covered for i, character in enumerate(text) if not character.isspace())


@given(TEXTS, st.integers(0, 3))
def test_chunks_keep_to_the_budget_and_move_forward(text: str, overlap: int) -> None:
    chunks = chunker(16, overlap).chunk(pages(text))
    assert all(COUNTER.count_tokens([chunk.text])[0] <= 16 for chunk in chunks)
    starts = [chunk.start for chunk in chunks]
    assert starts == sorted(set(starts))


def test_consecutive_chunks_share_the_last_sentence() -> None:
    text = "One two three four five six. Seven eight nine ten. Eleven twelve thirteen fourteen fifteen sixteen."
    first, second = chunker(12).chunk(pages(text))
    assert first.text.endswith("Seven eight nine ten.")
    assert second.text.startswith("Seven eight nine ten.")


def test_a_heading_starts_a_chunk_and_its_path_goes_with_what_follows() -> None:
    text = "# Guide\nIntro here.\n## Setup\nDo this.\n### Linux\nUse apt.\n## Use\nRun it."
    assert [(chunk.heading, chunk.text.split("\n")[-1]) for chunk in chunker().chunk(pages(text))] == [
        ("Guide", "Intro here."),
        ("Guide › Setup", "Do this."),
        ("Guide › Setup › Linux", "Use apt."),
        ("Guide › Use", "Run it."),
    ]


def test_a_heading_holds_on_the_next_page() -> None:
    *_, last = chunker().chunk(pages("# Part\nText.", "More text."))
    assert (last.page, last.heading) == (2, "Part")


def test_a_word_longer_than_a_chunk_is_divided_not_lost() -> None:
    text = "x" * 1000

    class Characters:
        def count_tokens(self, texts: list[str]) -> list[int]:
            return [len(text) for text in texts]

    chunks = SentenceChunker(Characters(), chunk_tokens=64, overlap=1).chunk(pages(text))  # type: ignore[arg-type]
    assert "".join(chunk.text for chunk in chunks) == text
    assert max(len(chunk.text) for chunk in chunks) <= 64


@pytest.mark.model
def test_the_real_embedder_sees_every_chunk_whole(minilm: SentenceTransformerEmbedder) -> None:
    text = (
        "# A heading with several words in it\n" + "Ünïcode wörds, numbers 12,345.67 and https://example.org/x. " * 80
    )
    chunks = SentenceChunker(minilm, chunk_tokens=180, overlap=1).chunk(pages(text))
    counts = minilm.count_tokens([embedded_text(chunk) for chunk in chunks])
    assert len(chunks) > 5
    assert max(counts) <= 180 <= minilm.max_tokens
