"""Labels over several lines are one, groups tell like rows apart, and a period begins every head."""

import pytest

from ingest.readers.pdf.tables.aligned import aligned_tables
from ingest.readers.pdf.tables.grid import column_heads
from ingest.readers.pdf.tables.heads import complete_names, groups_of, is_unit
from tests.support.documents.table_pdfs import rows_of

HEAD = "                                   2019    2018"
BODY = ["Net sales                  32,765     31,657", "Cost of sales              16,682     16,055"]


def labels(lines: list[str]) -> list[str]:
    ((grid, _),) = aligned_tables(rows_of([HEAD, *lines]))
    return [row.label.text if row.label else "" for row in grid.body]


def test_a_label_goes_on_in_lower_case() -> None:
    found = labels(
        [
            "Interest expense from debt and the",
            "amortization of costs                90     140",
            "Other income                         10      20",
        ]
    )
    assert found == ["Interest expense from debt and the amortization of costs", "Other income"]


def test_a_group_is_no_part_of_the_label_below() -> None:
    found = labels(
        [
            "Current assets:",
            "Cash                                 90     140",
            "Other cash                           10      20",
        ]
    )
    assert found[:2] == ["Current assets:", "Cash"]


def test_a_group_is_given_where_two_labels_are_alike() -> None:
    lines = [
        "Earnings per share:",
        "  Basic                              1.5     1.4",
        "  Diluted                            1.4     1.3",
        "Shares:",
        "  Basic                              100     110",
        "  Total                              100     110",
    ]
    ((grid, _),) = aligned_tables(rows_of([HEAD, *lines]))
    groups = [group.text if group else "" for group in groups_of(grid.body)]
    assert groups == ["", "Earnings per share:", "", "", "Shares:", ""]


@pytest.mark.parametrize(
    ("head", "names", "above"),
    [
        ("As of June 30,               2018       2017", ["", "As of June 30, 2018", "As of June 30, 2017"], []),
        ("(in millions)                2018       2017", ["", "2018", "2017"], ["(in millions)"]),
        ("Years ended (Millions)       2018       2017", ["", "Years ended 2018", "Years ended 2017"], ["(Millions)"]),
        ("Segment                      2018       2017", ["Segment", "2018", "2017"], []),
    ],
    ids=["period", "unit", "both", "name of the labels"],
)
def test_a_period_begins_every_head_and_a_unit_stands_above(head: str, names: list[str], above: list[str]) -> None:
    ((grid, _),) = aligned_tables(rows_of([head, *BODY]))
    grid = complete_names(grid)
    assert column_heads(grid) == names
    assert [" ".join(word.text for word in line) for line in grid.above] == above


def test_units_are_told_from_heads() -> None:
    assert is_unit("(in millions, except per share)")
    assert not is_unit("Year ended (in millions)")
