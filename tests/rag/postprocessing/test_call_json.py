"""JSON that is still being written, and what in it is a call."""

from rag.postprocessing.call_json import (
    read_json,
)


def test_nesting_too_deep_for_the_parser_is_no_json() -> None:
    assert read_json('{"a":' * 100_000 + "1" + "}" * 100_000, 0, ended=True) is None


def test_a_number_too_long_to_read_is_no_json() -> None:
    assert read_json('{"a": ' + "1" * 5000 + "}", 0, ended=True) is None
