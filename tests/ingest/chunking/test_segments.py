"""Text is split into segments with the strength of the break before each."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking.segments import Break, split_segments


def test_breaks_are_distinguished() -> None:
    text = "# Title\nA row of a table\nAnother Row\na line that is\nwrapped here. A sentence.\n\nA paragraph."
    assert [(text[span.start : span.end], before) for span, before in split_segments(text)] == [
        ("# Title", Break.HEADING),
        ("A row of a table", Break.LINE),
        ("Another Row", Break.LINE),
        ("a line that is", Break.WRAPPED),
        ("wrapped here.", Break.WRAPPED),
        ("A sentence.", Break.SENTENCE),
        ("A paragraph.", Break.PARAGRAPH),
    ]


def test_text_without_capitals_has_sentences_too() -> None:
    assert len(list(split_segments("this is one. this is two. and three."))) == 3


@given(st.text(alphabet="aB .\n#-\té", max_size=200), st.booleans())
def test_each_character_is_in_exactly_one_segment_in_order(text: str, markdown: bool) -> None:
    segments = list(split_segments(text, markdown=markdown))
    covered = [at for segment in segments for at in range(segment.span.start, segment.span.end)]
    assert covered == sorted(set(covered))
    assert {at for at, character in enumerate(text) if not character.isspace()} <= set(covered)


def test_a_hash_begins_a_heading_only_in_markdown() -> None:
    (printed,) = split_segments("# of employees", markdown=False)
    (heading,) = split_segments("# of employees", markdown=True)
    assert (printed.before, heading.before) == (Break.PARAGRAPH, Break.HEADING)
