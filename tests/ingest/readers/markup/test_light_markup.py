"""Headings of reStructuredText, Org and AsciiDoc get marks, and lines stay where they are."""

from ingest.readers.markup.light_markup import mark_asciidoc, mark_org, mark_rst


def test_each_new_rule_of_a_rst_file_is_a_level_deeper() -> None:
    lines = ["One", "~~~", "", "Two", "+++", "", "Three", "~~~~~"]
    marked = mark_rst(lines)
    assert marked.lines == ["# One", "", "", "## Two", "", "", "# Three", ""]
    assert [(one.level, one.title, one.first) for one in marked.headings] == [
        (1, "One", 0),
        (2, "Two", 3),
        (1, "Three", 6),
    ]


def test_a_rule_above_and_below_is_a_style_of_its_own() -> None:
    marked = mark_rst(["=====", "Title", "=====", "", "Part", "=====", "text"])
    assert marked.lines == ["", "# Title", "", "", "## Part", "", "text"]


def test_a_rule_that_underlines_nothing_stays() -> None:
    lines = ["text", "", "-----", "", "a long line of text over a short rule", "---"]
    assert mark_rst(lines).lines == lines
    assert mark_rst(lines).headings == []


def test_org_has_stars_but_none_in_source_blocks() -> None:
    lines = ["* TODO Title :tag:", "#+BEGIN_SRC sh", "* not this", "#+END_SRC", "** Part"]
    marked = mark_org(lines)
    assert marked.lines == ["# Title", *lines[1:4], "## Part"]


def test_asciidoc_has_equal_signs_but_none_in_listings() -> None:
    marked = mark_asciidoc(["= Title", "----", "== not this", "----", "=== Part"])
    assert [(one.level, one.title) for one in marked.headings] == [(1, "Title"), (3, "Part")]
