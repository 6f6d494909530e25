"""Tables as lines of figures."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ingest.readers.blocks.pages import shifted
from rag.answering.tables import table_grid
from rag.answering.tables.periods import Period
from rag.answering.tables.table_grid import Grid, read_grid, read_table_unit, unit_of_row, with_unit
from rag.text.figures import PERCENT, SHARES, Figure, Unit
from rag.types import Page
from tests.support.documents.made_tables import SEGMENTS, STATEMENT, made_page
from tests.support.values import present


def read(page: Page) -> Grid:
    return present(read_grid(1, "a.pdf", page, page.structure.tables[0]))


def test_lines_have_labels_groups_periods_and_units() -> None:
    first = read(made_page(SEGMENTS)).lines[0]
    assert (first.label, first.groups) == ("Health Care", ("Net sales",))
    assert [(each.period, each.figure.value, each.figure.unit, each.figure.scale) for each in first.entries] == [
        (Period(2019), Decimal(7431), "$", 6),
        (Period(2018), Decimal(6826), "$", 6),
    ]


def test_amounts_per_share_are_not_in_millions() -> None:
    lines = {line.label: line for line in read(made_page(STATEMENT)).lines}
    assert lines["Diluted earnings per share"].entries[0].figure.amount == Decimal("7.81")
    assert lines["Net sales"].entries[0].figure.amount == 32_136_000_000


def test_rows_below_one_in_percent_are_in_percent() -> None:
    rows = (("", "2019", "2018"), ("Growth:", "", ""), ("Europe", "33%", "21%"), ("Asia", "12", "9"))
    assert read(made_page(rows)).lines[1].entries[0].figure.unit == "%"


def test_a_table_whose_rows_are_years_is_turned() -> None:
    rows = (("Year", "Net sales", "Staff"), ("2018", "32,765", "93,516"), ("2019", "32,136", "96,163"))
    lines = read(made_page(rows)).lines
    assert [line.label for line in lines] == ["Net sales", "Staff"]
    assert [entry.period for entry in lines[0].entries] == [Period(2018), Period(2019)]


def test_german_numbers_are_read_as_such() -> None:
    rows = (("", "2019", "2018"), ("Umsatz", "1.234", "1.100"), ("Ergebnis", "12,5", "11,0"))
    assert read(made_page(rows, unit="in Mio. €")).lines[0].entries[0].figure.amount == 1_234_000_000


GERMAN = (("", "2023", "2022"), ("Umsatzerlöse", "12.345", "11.987"), ("Jahresüberschuss", "1.150", "987"))


@pytest.mark.parametrize(
    ("rows", "unit", "caption", "amount"),
    [
        (GERMAN, "in Tausend Euro", "Gewinn- und Verlustrechnung", 12_345_000),
        ((("", "2023"), ("Export", "12.345"), ("Marketing", "987")), "in Mio. €", "", 12_345_000_000),
        ((("", "2023"), ("Ingresos", "12.345"), ("Beneficio neto", "987")), "en miles de euros", "", 12_345_000),
        ((("", "2023"), ("Revenue", "12,345"), ("Net income", "987")), "£m", "Income statement", 12_345_000_000),
    ],
)
def test_thousands_are_read_by_the_language_of_the_table(
    rows: tuple[tuple[str, ...], ...], unit: str, caption: str, amount: int
) -> None:
    assert read(made_page(rows, unit=unit, caption=caption)).lines[0].entries[0].figure.amount == amount


def test_thousands_that_may_be_fractions_make_a_table_unreadable() -> None:
    page = made_page((("", "2023"), ("Revenue", "1.234"), ("Net income", "1.100")), unit="$ in billions")
    assert read_grid(1, "a.pdf", page, page.structure.tables[0]) is None


def test_the_unit_of_a_columns_head_may_be_one_letter() -> None:
    entry = read(made_page((("", "2023 £m"), ("Revenue", "1,234")), unit="")).lines[0].entries[0]
    assert entry.figure.unit == "£"
    assert entry.figure.amount == 1_234_000_000


def test_a_unit_above_the_table_counts_where_the_table_has_none() -> None:
    page = made_page(STATEMENT, unit="", caption="")
    below = replace(page, text=f"(Millions)\n{page.text}", structure=shifted(page.structure, len("(Millions)\n")))
    assert read(below).lines[0].entries[0].figure.scale == 6


def test_a_data_file_is_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_grid, "MAX_CELLS", 5)
    page = made_page(STATEMENT)
    assert read_grid(1, "a.pdf", page, page.structure.tables[0]) is None


def test_a_table_of_words_has_no_figures() -> None:
    page = made_page((("Name", "City"), ("Acme", "Bonn"), ("Widgets", "Rome")))
    assert read_grid(1, "a.pdf", page, page.structure.tables[0]) is None


def test_what_a_unit_line_excepts_does_not_count() -> None:
    assert read_table_unit("Dollars in millions, except per share amount").unit == Unit("$", 6)
    assert read_table_unit("in thousands, except share and per share data").excepts_shares
    assert not read_table_unit("in millions, except per share data").excepts_shares


def test_a_rows_label_says_its_unit() -> None:
    table = read_table_unit("$ in millions, except per share amounts")
    assert unit_of_row("Diluted earnings per share", table) == Unit("$")
    assert unit_of_row("Gross profit as a % of revenue", table) == Unit(PERCENT)
    assert unit_of_row("Weighted-average shares outstanding", table) == Unit(SHARES, 6)
    assert unit_of_row("Number of stores", table) == Unit()
    assert unit_of_row("Net sales", table) is None
    assert unit_of_row("Share-based compensation", table) is None


def test_a_table_gives_its_unit_to_bare_figures_only() -> None:
    million = Unit("$", 6)
    assert with_unit(Figure(Decimal(5)), million).amount == 5_000_000
    assert with_unit(Figure(Decimal(5), unit="%"), million).amount == 5
    assert with_unit(Figure(Decimal(5), unit="$", scale=9), million).scale == 9
