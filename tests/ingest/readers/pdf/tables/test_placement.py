"""Tables stand where their lines stood, and every other word stays where it was."""

from pathlib import Path

from ingest.readers.pdf.page_view import boxes
from ingest.readers.pdf.tables.aligned import aligned_tables
from ingest.readers.pdf.tables.grid import write_table
from ingest.readers.pdf.tables.heads import complete_names
from ingest.readers.pdf.tables.placement import PageLayout, PlacedTable
from tests.support.documents.pdfs import Words, overlap, read_pdf, shown, write_words
from tests.support.documents.table_pdfs import rows_of, typescript

LINES = [
    "                     2018        2017",
    "Net sales          32,765      31,657",
    "Cost of sales      16,682      16,055",
    "Gross margin       16,083      15,602",
]
ABOVE = Words(40, 760, "The sales of Widgets went on to grow in the year.")
BELOW = Words(40, 600, "They are expected to grow further, as is the margin.")


def test_the_text_around_a_table_stays_in_order(tmp_path: Path) -> None:
    (page,) = read_pdf(write_words(tmp_path / "t.pdf", [[ABOVE, *typescript(LINES), BELOW]]))
    assert page.text.split("\n\n") == [
        ABOVE.text,
        (
            "2018 | 2017\nNet sales | 2018: 32,765 | 2017: 31,657\nCost of sales | 2018: 16,682 | 2017: 16,055\n"
            "Gross margin | 2018: 16,083 | 2017: 15,602"
        ),
        BELOW.text,
    ]
    (table,) = page.structure.tables
    assert page.text[table.start : table.end] == page.text.split("\n\n")[1]
    for cell in table.cells:
        assert page.text[cell.start : cell.end].strip() == page.text[cell.start : cell.end]


def test_boxes_frame_cells_and_a_repeated_head_its_own_place(tmp_path: Path) -> None:
    words = typescript(LINES)
    path = write_words(tmp_path / "t.pdf", [[ABOVE, *words, BELOW]])
    text = read_pdf(path)[0].text
    at = text.index("16,682")
    (cell,) = boxes(path, 1, at, at + 6)
    drawn = {each.text: each for each in words}
    assert overlap(cell, shown(drawn["16,682"].box(), 0, (0, 0, 595, 842))) > 0.8
    head = text.index("2018: 16,682")
    (above,) = boxes(path, 1, head, head + 4)
    assert overlap(above, shown(drawn["2018"].box(), 0, (0, 0, 595, 842))) > 0.8


def test_words_beside_a_table_in_its_lines_are_kept(tmp_path: Path) -> None:
    aside = [Words(430, 652, "Margin note in line")]
    text = read_pdf(write_words(tmp_path / "t.pdf", [[ABOVE, *typescript(LINES), *aside, BELOW]]))[0].text
    assert all(word in text for word in ("Margin note in line", "31,657", "15,602", BELOW.text))


def test_a_table_of_which_cleaning_leaves_nothing_is_none() -> None:
    ((grid, _),) = aligned_tables(rows_of(LINES))
    written = write_table(complete_names(grid))
    layout = PageLayout(written.runs, [], [], [PlacedTable(0, written, grid, False)])
    assert layout.structure_tables([(5, 5)] * len(written.runs)) == ()
    apart = [(at, at + 1) for at in range(len(written.runs))]
    (table,) = layout.structure_tables(apart)
    assert (table.start, table.end) == (0, len(written.runs))
