"""Units and scales."""

import pytest

from rag.text.numbers.units import PERCENT, SHARES, Unit, read_table_unit, read_unit, unit_of_row


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("$ million", Unit("$", 6)),
        ("in Mio. EUR", Unit("€", 6)),
        ("TEUR", Unit("€", 3)),
        ("M€", Unit("€", 6)),
        ("in Milliarden Euro", Unit("€", 9)),
        ("en miles de euros", Unit("€", 3)),
        ("Sales %", Unit("%", 0)),
        ("₹ crore", Unit("₹", 7)),
        ("miles per hour", Unit("", 0)),
        ("£m", Unit("£", 6)),
        ("US$m", Unit("$", 6)),
        ("in $M", Unit("$", 6)),
        ("EUR m", Unit("€", 6)),
        ("£'m", Unit("£", 6)),
        ("€k", Unit("€", 3)),
        ("$b", Unit("$", 9)),
        ("£000", Unit("£", 3)),
        ("$ per month", Unit("$", 0)),
        ("$5,000", Unit("$", 0)),
        ("HK$ million", Unit("HK$", 6)),
        ("A$m", Unit("A$", 6)),
        ("CAD million", Unit("C$", 6)),
        ("en miles de millones de euros", Unit("€", 9)),
        ("in migliaia di euro", Unit("€", 3)),
        ("R$ mil", Unit("R$", 3)),
    ],
)
def test_unit_and_scale_are_read(text: str, unit: Unit) -> None:
    assert read_unit(text) == unit


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
