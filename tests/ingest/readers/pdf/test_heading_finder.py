from ingest.readers.blocks.geometry import Line
from ingest.readers.pdf.heading_candidates import PageLines
from ingest.readers.pdf.heading_finder import SectionFinder
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


def test_the_lines_of_a_cover_are_no_sections() -> None:
    centred = [
        ("ANNUAL REPORT", Type(20)),
        ("of the Company", Type(14)),
        ("for the Year", Type(14)),
        ("In Town", Type(14)),
    ]
    cover = _page(*centred)
    lines = [
        line._replace(left=300 - (line.right - line.left) / 2, right=300 + (line.right - line.left) / 2)
        for line in cover.lines
    ]
    cover = cover._replace(lines=lines)
    finder = SectionFinder({0: cover, 1: _PAGE, 2: _PAGE}, {}, 3)

    assert [heading.first for heading in finder.headings(0, cover)] == [0]
