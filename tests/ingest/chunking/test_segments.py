"""Text is split into segments with the strength of the break before each."""

from ingest.chunking.segments import Break, split_segments


def test_breaks_are_told_apart() -> None:
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
