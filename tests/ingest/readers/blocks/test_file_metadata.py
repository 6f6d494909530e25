"""Metadata is kept under the names that all formats share."""

from ingest.readers.blocks.file_metadata import joined, metadata_of


def test_the_first_value_that_says_something_counts() -> None:
    values = [("title", None), ("title", " A\x00 report\n"), ("title", "B"), ("colour", "red"), ("date", "")]
    assert metadata_of(values) == {"title": "A report"}
    assert len(metadata_of([("subject", "word " * 1000)])["subject"]) <= 500


def test_several_authors_are_one_value() -> None:
    assert joined([" Ann  Lee ", "", None, "Bob", "Ann Lee"]) == "Ann Lee, Bob"
