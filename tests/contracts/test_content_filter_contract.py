"""Every ContentFilter: lets ordinary text pass, says why it objects, and judges the same text the same way."""

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.interfaces import ContentFilter
from rag.postprocessing.content_filter import PatternFilter
from tests.rag.postprocessing.test_output_checks import NoBananas


@pytest.fixture(params=["patterns", "fake"])
def bananas(request: pytest.FixtureRequest, tmp_path: Path) -> ContentFilter:
    """A filter that objects to bananas."""
    if request.param == "fake":
        return NoBananas()
    (tmp_path / "filter.txt").write_text("# fruit\n\nbananas?\\b\n")
    return PatternFilter(tmp_path / "filter.txt")


def test_it_objects_with_a_reason_and_to_nothing_else(bananas: ContentFilter) -> None:
    assert bananas.objection("") is None
    assert bananas.objection("Apples are red.") is None
    assert all(bananas.objection("Apples are red. Bananas are yellow.") for _ in range(2))


def test_a_pattern_filter_names_the_line_it_goes_by(tmp_path: Path) -> None:
    (tmp_path / "filter.txt").write_text("# fruit\nbanana\n  ^secret:  \n", encoding="utf-8-sig")
    patterns = PatternFilter(tmp_path / "filter.txt")
    assert patterns.objection("SECRET: a banana") == "it matches line 2 of filter.txt"
    assert patterns.objection("Secret: nothing") == "it matches line 3 of filter.txt"
    assert patterns.objection("# fruit") is None


def test_a_filter_that_cannot_be_read_is_a_mistake_in_the_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.txt cannot be read: No such file"):
        PatternFilter(tmp_path / "none.txt")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    with pytest.raises(SettingsError, match="not UTF-8"):
        PatternFilter(tmp_path / "latin.txt")
    (tmp_path / "bad.txt").write_text("fine\n(unclosed\n")
    with pytest.raises(SettingsError, match=r"Line 2 of the content filter .*bad\.txt is not a regular expression"):
        PatternFilter(tmp_path / "bad.txt")
