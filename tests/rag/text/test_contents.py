"""The contents of a document are its headings, captioned tables and figures in reading order."""

from rag.text.contents import contents_of
from rag.types import Figure, Heading, Structure, Table


def no_text(_page: int) -> str:
    return ""


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
    entries = list(contents_of([(1, "i", first), (2, "ii", second)], no_text))
    assert [(entry.kind, entry.level, entry.title) for entry in entries] == [
        ("heading", 1, "Notes"),
        ("heading", 2, "Sales"),
        ("table", 3, "Table 1"),
        ("figure", 3, "Figure 1"),
        ("heading", 2, "Costs"),
    ]
    assert (entries[2].page, entries[2].start, entries[2].place) == (1, 20, "p. i (page 1 of the file)")


def test_in_a_file_without_pages_each_entry_has_its_line() -> None:
    texts = {1: "# One\n\nText.\n\n## Two\nMore.\n", 2: "Text.\n## Three\n"}
    parts = [(Heading(1, 0, 5, "One"), Heading(2, 14, 20, "Two")), (Heading(2, 6, 14, "Three"),)]
    labels = ["lines 1–7", "lines 1008–1009"]
    pages = [
        (number, label, Structure(each)) for number, (label, each) in enumerate(zip(labels, parts, strict=True), 1)
    ]
    entries = contents_of(pages, lambda number: texts[number])
    assert [(entry.title, entry.place) for entry in entries] == [
        ("One", "line 1"),
        ("Two", "line 5"),
        ("Three", "line 1,009"),
    ]
