from ingest.readers.blocks.geometry import Line
from ingest.readers.pdf.heading_candidates import Candidate, PageLines, Style, heading_number
from ingest.readers.pdf.heading_finder import MAX_LEVEL, HeadingLevels, SectionFinder, named_lines
from ingest.readers.pdf.metadata import OutlineEntry
from ingest.readers.pdf.pdfium import Type

_PROSE = "This line of a paragraph is long enough to fill the column to its end"


def _page(*rows: tuple[str, Type]) -> PageLines:
    texts = [text for text, _ in rows]
    lines = [
        Line(0, len(text), 50, 780 - 20 * at, 50 + 0.5 * kind.size * len(text), 780 - 20 * at + kind.size)
        for at, (text, kind) in enumerate(rows)
    ]
    return PageLines(texts, lines, [kind for _, kind in rows], 12)


_TEXT = [(_PROSE, Type(10))] * 4
_PAGE = _page(("Results", Type(14)), *_TEXT, ("Costs", Type(12)), *_TEXT)


def test_headings_have_the_same_level_on_pages_outside_the_sample() -> None:
    finder = SectionFinder({0: _PAGE}, {}, 40)

    assert [heading.level for heading in finder.headings(0, _PAGE)] == [1, 2]
    assert [heading.level for heading in finder.headings(30, _page(("Prices", Type(12)), *_TEXT))] == [2]


def test_a_true_outline_adds_headings_and_gives_levels() -> None:
    page = _page(("Results", Type(14)), *_TEXT, ("A plain line", Type(10)), *_TEXT)
    outline = {0: [OutlineEntry(2, "Results"), OutlineEntry(3, "A plain line")]}

    found = SectionFinder({0: page}, outline, 1).headings(0, page)

    assert [(heading.first, heading.level) for heading in found] == [(0, 2), (5, 3)]


def test_an_outline_that_lies_changes_nothing() -> None:
    outline = {0: [OutlineEntry(5, "Results"), *[OutlineEntry(1, f"Nothing {at}") for at in range(9)]]}

    assert SectionFinder({0: _PAGE}, outline, 1).headings(0, _PAGE) == SectionFinder({0: _PAGE}, {}, 1).headings(
        0, _PAGE
    )


def test_entries_of_an_outline_name_lines_whatever_their_case_and_marks_and_lies_name_none() -> None:
    texts = ["2 Methods of", "Measurement", "We measured.", "RESULTS"]
    entries = [(1, "2 Methods of Measurement"), (2, "Results"), (1, "Free money"), (1, "")]

    assert named_lines([OutlineEntry(*entry) for entry in entries], texts) == {0: (1, 1), 3: (3, 2)}


def test_the_lines_of_a_cover_are_no_sections() -> None:
    rest = [(text, Type(14)) for text in ("of the Company", "for the Year", "In Town")]
    cover = _page(("ANNUAL REPORT", Type(20)), *rest)
    lines = [
        line._replace(left=300 - (line.right - line.left) / 2, right=300 + (line.right - line.left) / 2)
        for line in cover.lines
    ]
    cover = cover._replace(lines=lines)
    finder = SectionFinder({0: cover, 1: _PAGE, 2: _PAGE}, {}, 3)

    assert [heading.first for heading in finder.headings(0, cover)] == [0]


def _candidate(title: str, size: float = 10, *, bold: bool = True, italic: bool = False, first: int = 0) -> Candidate:
    style = Style(size, title.isupper(), bold, italic)
    return Candidate(first, first, title, style, heading_number(title))


def _levels(*pages: list[Candidate]) -> list[int]:
    levels = HeadingLevels(dict(enumerate(pages)))
    return [levels.level(candidate) for page in pages for candidate in page]


def test_larger_headings_stand_above_smaller_ones() -> None:
    page = [_candidate("One", 16), _candidate("Two", 12)]

    assert _levels(page, page) == [1, 2, 1, 2]


def test_numbers_of_one_look_stand_by_their_depth() -> None:
    page = [_candidate(title) for title in ("1 One", "1.1 Two", "1.1.1 Three", "2 Four")]

    assert _levels(page) == [1, 2, 3, 1]


def test_parts_and_items_stand_above_headings_that_look_the_same() -> None:
    assert _levels([_candidate("Part I"), _candidate("Item 1. Business"), _candidate("Segments")]) == [1, 2, 3]


def test_capitals_stand_above_bold_above_italics() -> None:
    page = [_candidate("RISK FACTORS"), _candidate("Markets"), _candidate("Prices", bold=False, italic=True)]

    assert _levels(page) == [1, 2, 3]


def test_a_title_without_a_number_stands_beside_numbered_ones_of_its_look() -> None:
    page = [_candidate(title) for title in ("1 One", "2 Two", "3 Three", "References")]

    assert _levels(page) == [1, 1, 1, 1]


def test_many_titles_between_notes_of_their_look_stand_below_them() -> None:
    page = [_candidate(title) for title in ("Note 1. Policies", "Leases", "Goodwill", "Note 2. Debt", "Loans")]

    assert _levels(page) == [1, 2, 2, 1, 2]


def test_the_document_title_stands_above_its_sections() -> None:
    assert _levels([_candidate("A Study", 20), _candidate("1 One", 12)], [_candidate("2 Two", 12)]) == [1, 2, 2]


def test_a_style_that_appears_later_takes_its_place_without_changing_others() -> None:
    levels = HeadingLevels({0: [_candidate("One", 16), _candidate("Two", 10)], 1: [_candidate("Three", 16)]})

    assert levels.level(_candidate("Between", 12)) == levels.level(_candidate("Two", 10)) == 2
    assert levels.level(_candidate("Below", 8)) == 3


def test_no_level_is_deeper_than_six() -> None:
    page = [_candidate(f"Size {size}", size) for size in range(30, 10, -2)]

    levels = _levels(page, page)
    assert levels == sorted(levels[:10]) * 2
    assert max(levels) == MAX_LEVEL


def test_the_depths_of_the_outline_go_before() -> None:
    sample = {0: [_candidate("One", 16, first=0), _candidate("Two", 10, first=5), _candidate("Three", 9, first=8)]}

    levels = HeadingLevels(sample, {(0, 0): 2, (0, 5): 3})

    assert [levels.level(candidate) for candidate in sample[0]] == [2, 3, 4]
