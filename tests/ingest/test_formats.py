"""What can be read is known without any reader, and each format has one."""

from ingest.formats import FORMATS, SUFFIXES
from ingest.readers.registry import READERS


def test_every_format_has_a_reader() -> None:
    assert FORMATS.keys() == READERS.keys()


def test_suffixes_are_as_paths_have_them_in_lower_case() -> None:
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in SUFFIXES)
