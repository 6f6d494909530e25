from ingest.readers.pdf.heading_candidates import Candidate, Style, heading_number
from ingest.readers.pdf.heading_finder import MAX_LEVEL, HeadingLevels


def _candidate(title: str, size: float = 10, *, bold: bool = True, italic: bool = False, first: int = 0) -> Candidate:
    style = Style(size, title.isupper(), bold, italic)
    return Candidate(first, first, title, style, heading_number(title))


def _levels(*pages: list[Candidate]) -> list[int]:
    levels = HeadingLevels(dict(enumerate(pages)))
    return [levels.level(candidate) for page in pages for candidate in page]


def test_larger_headings_stand_above_smaller_ones() -> None:
    assert _levels(
        [_candidate("One", 16), _candidate("Two", 12)], [_candidate("Three", 16), _candidate("Four", 12)]
    ) == [
        1,
        2,
        1,
        2,
    ]


def test_numbers_of_one_look_stand_by_their_depth() -> None:
    assert _levels([_candidate("1 One"), _candidate("1.1 Two"), _candidate("1.1.1 Three"), _candidate("2 Four")]) == [
        1,
        2,
        3,
        1,
    ]


def test_parts_and_items_stand_above_headings_that_look_the_same() -> None:
    assert _levels([_candidate("Part I"), _candidate("Item 1. Business"), _candidate("Segments")]) == [1, 2, 3]


def test_capitals_stand_above_bold_above_italics() -> None:
    page = [_candidate("RISK FACTORS"), _candidate("Markets"), _candidate("Prices", bold=False, italic=True)]

    assert _levels(page) == [1, 2, 3]


def test_a_title_without_a_number_stands_beside_numbered_ones_of_its_look() -> None:
    page = [_candidate("1 One"), _candidate("2 Two"), _candidate("3 Three"), _candidate("References")]

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
