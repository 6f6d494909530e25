"""Headings of reStructuredText, Org and AsciiDoc get marks, and lines stay where they are."""

import re

import pytest

from ingest.readers.light_markup import mark_headings


@pytest.mark.parametrize(
    ("suffix", "lines", "marked"),
    [
        (
            ".rst",
            ["One", "~~~", "", "Two", "+++", "", "Three", "~~~~~"],
            ["# One", "", "", "## Two", "", "", "# Three", ""],
        ),
        (
            ".rst",
            ["=====", "Title", "=====", "", "Part", "=====", "text"],
            ["", "# Title", "", "", "## Part", "", "text"],
        ),
        (
            ".org",
            ["* TODO Title :tag:", "#+BEGIN_SRC sh", "* not this", "#+END_SRC", "** Part"],
            ["# Title", "#+BEGIN_SRC sh", "* not this", "#+END_SRC", "## Part"],
        ),
        (
            ".adoc",
            ["= Title", "====", "----", "== not this", "----", "====", "=== Part"],
            ["# Title", "====", "----", "== not this", "----", "====", "### Part"],
        ),
    ],
    ids=["a new rule is a level deeper", "a rule above too is another style", "stars", "equal signs"],
)
def test_headings_get_marks_but_none_in_blocks(suffix: str, lines: list[str], marked: list[str]) -> None:
    found = mark_headings(lines, suffix)
    assert found.lines == marked
    titles = [(line.lstrip("# "), line.count("#"), at) for at, line in enumerate(marked) if re.match("#+ ", line)]
    assert [(one.title, one.level, one.first) for one in found.headings] == titles


def test_a_rule_that_underlines_nothing_stays() -> None:
    lines = ["text", "", "-----", "", "a long line of text over a short rule", "---"]
    assert mark_headings(lines, ".rst").lines == lines
    assert mark_headings(lines, ".rst").headings == []


@pytest.mark.parametrize(("suffix", "mark"), [(".org", "*"), (".adoc", "==")])
def test_a_long_run_of_white_space_after_a_mark_is_passed_at_once(suffix: str, mark: str) -> None:
    line = f"{mark} a{' ' * 1_000_000}b"  # at a square of steps it would take an hour
    found = mark_headings([line], suffix)
    assert (found.lines, found.headings) == ([line], [])
