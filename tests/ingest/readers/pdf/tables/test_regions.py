"""Regions are rows that leave the same gaps free."""

from ingest.readers.pdf.tables.regions import find_regions
from tests.support.documents.table_pdfs import rows_of

TABLE = ["Net sales        10     20", "Costs             5      7", "Income            5     13"]
PROSE = "This sentence runs over the whole width of the page, as text does."


def test_a_table_between_text_is_a_region() -> None:
    (region,) = find_regions(rows_of([PROSE, *TABLE, PROSE]))
    assert (region.first, region.last) == (1, 4)


def test_labels_of_groups_stay_within_it() -> None:
    (region,) = find_regions(rows_of([TABLE[0], "Expenses:", *TABLE[1:]]))
    assert (region.first, region.last) == (0, 4)


def test_text_alone_is_none() -> None:
    assert find_regions(rows_of([PROSE] * 8)) == []


def test_heads_without_a_label_begin_another_region() -> None:
    heads = "               2019   2018"
    regions = find_regions(rows_of([*TABLE, heads, *TABLE]))
    assert [(region.first, region.last) for region in regions] == [(0, 3), (3, 7)]
