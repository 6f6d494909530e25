"""The contents of a document are its headings, captioned tables and figures in reading order."""

from rag.text.contents import contents_of
from rag.types import Figure, Heading, Structure, Table


def test_tables_and_figures_stand_below_their_heading_and_levels_have_no_gaps() -> None:
    first = Structure(
        (Heading(1, 0, 5, "Notes"), Heading(4, 10, 15, "Sales")),
        (
            Table(start=20, end=30, cells=(), caption="Table 1"),
            Table(start=31, end=40, cells=()),
            Table(start=41, end=50, cells=(), caption="Table 1", continues=True),
        ),
    )
    second = Structure((Heading(2, 3, 9, "Costs"),), figures=(Figure(0, 2, "Figure 1"),))
    entries = list(contents_of([(1, "i", first), (2, "ii", second)]))
    assert [(entry.kind, entry.level, entry.title) for entry in entries] == [
        ("heading", 1, "Notes"),
        ("heading", 2, "Sales"),
        ("table", 3, "Table 1"),
        ("figure", 3, "Figure 1"),
        ("heading", 2, "Costs"),
    ]
    assert (entries[2].page, entries[2].start, entries[2].place) == (1, 20, "p. i (page 1 of the file)")


def test_a_document_without_headings_has_its_tables_at_the_first_level() -> None:
    (entry,) = contents_of([(3, "3", Structure(tables=(Table(start=0, end=9, cells=(), caption="Fees"),)))])
    assert (entry.level, entry.place) == (1, "p. 3")
