"""Chunks have exact offsets, lose nothing, fit the embedder and break where the text does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunker import StructureChunker
from rag.models.embedder import SentenceTransformerEmbedder
from rag.text.document_names import with_context
from rag.types import Heading, NewChunk, Page, Structure, Table
from tests.support.fakes import WordEmbedder

COUNTER = WordEmbedder()
TEXTS = st.text(alphabet=st.sampled_from("aB .\n#-é🦉"), max_size=400)


def chunk(*texts: str, tokens: int = 16, window: int = 64) -> list[NewChunk]:
    pages = [Page(number=number, label="", text=text) for number, text in enumerate(texts, start=1)]
    return StructureChunker(COUNTER, chunk_tokens=tokens, window=window).chunk(pages)


@given(st.lists(TEXTS, max_size=3))
def test_a_chunk_is_exactly_its_span_of_its_page(texts: list[str]) -> None:
    for piece in chunk(*texts):
        assert piece.text == texts[piece.page - 1][piece.start : piece.end] == piece.text.strip() != ""


@given(TEXTS)
def test_every_character_that_is_not_white_space_is_in_exactly_one_chunk(text: str) -> None:
    covered = [i for piece in chunk(text) for i in range(piece.start, piece.end)]
    assert len(covered) == len(set(covered))
    assert all(i in set(covered) for i, character in enumerate(text) if not character.isspace())


@given(TEXTS, st.integers(16, 40))
def test_chunks_keep_to_the_budget(text: str, tokens: int) -> None:
    assert all(COUNTER.count_tokens([piece.text])[0] <= tokens for piece in chunk(text, tokens=tokens))


def test_a_chunk_ends_where_a_paragraph_does_rather_than_in_the_middle_of_one() -> None:
    paragraphs = ("One a b c. D e f g.", "Two a b c. D e f g.", "Three a b c. D e f g.")
    assert [piece.text for piece in chunk("\n\n".join(paragraphs), tokens=10)] == list(paragraphs)


def test_a_heading_starts_a_chunk_and_its_path_goes_with_what_follows() -> None:
    text = "# Guide\nIntro here.\n## Setup\nDo this.\n### Linux\nUse apt.\n## Use\nRun it."
    assert [(piece.heading, piece.text.split("\n")[-1]) for piece in chunk(text)] == [
        ("Guide", "Intro here."),
        ("Guide › Setup", "Do this."),
        ("Guide › Setup › Linux", "Use apt."),
        ("Guide › Use", "Run it."),
    ]


def test_a_heading_holds_on_the_next_page() -> None:
    *_, last = chunk("# Part\nText.", "More text.")
    assert (last.page, last.heading) == (2, "Part")


def test_a_printed_page_without_headings_is_known_by_its_first_lines() -> None:
    page = Page(number=7, label="7", text="12\nStatement of Cash Flows\nYears ended May 31\nCash 5 6 7")
    (piece,) = StructureChunker(COUNTER, chunk_tokens=30, window=64).chunk([page])
    assert piece.heading == "Statement of Cash Flows · Years ended May 31 · Cash 5 6 7"


def test_the_running_head_of_a_printed_page_leads_its_heading_and_is_no_part_of_a_chunk() -> None:
    page = Page(number=7, label="7", text="Balance Sheets\nAssets 5 6 7", head="Table of Contents\nACME Inc.\n7")
    (piece,) = StructureChunker(COUNTER, chunk_tokens=30, window=64).chunk([page])
    assert piece.heading == "ACME Inc. · Balance Sheets · Assets 5 6 7"
    assert piece.text == page.text


def test_a_footnote_marked_with_a_hash_is_no_heading_of_a_printed_page_or_of_those_after_it() -> None:
    pages = [
        Page(
            number=1,
            label="1",
            text="Summary\nNet income (546) #\n# Denotes a change of 100 percent or more\nDenoted above",
        ),
        Page(number=2, label="2", text="Balance Sheets\nAssets 5 6 7"),
    ]
    chunks = StructureChunker(COUNTER, chunk_tokens=30, window=64).chunk(pages)
    assert [piece.text for piece in chunks] == [page.text for page in pages]
    assert chunks[1].heading == "Balance Sheets · Assets 5 6 7"


def test_a_word_longer_than_a_chunk_is_divided_not_lost() -> None:
    text = "x" * 1000

    class Characters:
        def count_tokens(self, texts: list[str]) -> list[int]:
            return [len(text) for text in texts]

    chunker = StructureChunker(Characters(), chunk_tokens=64, window=100)  # type: ignore[arg-type]
    chunks = chunker.chunk([Page(number=1, label="", text=text)])
    assert "".join(piece.text for piece in chunks) == text
    assert max(len(piece.text) for piece in chunks) <= 64


@pytest.mark.model
def test_the_real_embedder_sees_every_chunk_whole(minilm: SentenceTransformerEmbedder) -> None:
    name = "Ünïcode_名前_" * 20 + ".pdf"
    text = "# A heading with several words in it\n" + "Ünïcode wörds, numbers 12,345.67, https://example.org/x. " * 80
    chunker = StructureChunker(minilm, chunk_tokens=180, window=minilm.max_tokens)
    chunks = chunker.chunk([Page(number=1, label="", text=text)], name)
    counts = minilm.count_tokens([with_context(name, piece.heading, piece.text) for piece in chunks])
    assert len(chunks) > 5
    assert max(counts) <= minilm.max_tokens


def test_the_headings_of_a_structure_make_the_path_and_a_hash_does_not() -> None:
    text = "Notes\n# is a number\n\nRevenue\nIt grew."
    headings = (Heading(1, 0, 5, "Notes"), Heading(2, 21, 28, "Revenue"))
    page = Page(number=1, label="7", text=text, structure=Structure(headings))
    chunks = StructureChunker(COUNTER, chunk_tokens=16, window=64).chunk([page])
    assert [(piece.text, piece.heading) for piece in chunks] == [
        ("Notes\n# is a number", "Notes"),
        ("Revenue\nIt grew.", "Notes › Revenue"),
    ]


def test_a_large_table_has_its_caption_and_unit_in_the_heading_and_keeps_its_rows_whole() -> None:
    rows = [f"Row. No {number} | 2018: {number}. | 2017: 1" for number in range(12)]
    lead = "# Sales\nWe sold.\n" + "Long text of another kind. " * 12 + "\n\nTable 3. Sales\n"
    text = lead + "\n".join(rows) + "\nAfter it."
    start = lead.index("Table 3") + len("Table 3. Sales\n")
    table = Table(start=start, end=start + len("\n".join(rows)), cells=(), caption="Table 3. Sales", unit="in millions")
    page = Page(number=1, label="", text=text, structure=Structure((Heading(1, 0, 7, "Sales"),), (table,)))
    chunks = StructureChunker(COUNTER, chunk_tokens=30, window=90).chunk([page])
    inside = [piece for piece in chunks if "Row." in piece.text]
    assert {piece.heading for piece in inside} == {"Sales › Table 3. Sales (in millions)"}
    assert [line for piece in inside for line in piece.text.split("\n") if line.startswith("Row.")] == rows
    assert {piece.heading for piece in chunks if piece not in inside} == {"Sales"}
