"""Labels and cells over several lines are one; a group's label tells like rows apart."""

from ingest.readers.pdf.tables.aligned import aligned_tables
from ingest.readers.pdf.tables.labels import groups_of
from tests.support.documents.table_pdfs import rows_of

HEAD = "                                   2019    2018"


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
