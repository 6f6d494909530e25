"""A content filter by patterns names the line that matched, and a file that it cannot use."""

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.postprocessing.content_filter import PatternFilter


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
