"""A claim of several statements, split where a comma and a conjunction part them."""

import pytest

from rag.grounding.relations.coordinated_clauses import coordinated_clauses


@pytest.mark.parametrize(
    ("claim", "clauses"),
    [
        (
            "The club hides no debts, and its books are open to every member.",
            ["The club hides no debts", "its books are open to every member."],
        ),
        (
            "Fees are due in January; guests pay at the door instead.",
            ["Fees are due in January", "guests pay at the door instead."],
        ),
        (
            "Der Beitrag ist im Januar fällig, aber Gäste zahlen an der Tür.",
            ["Der Beitrag ist im Januar fällig", "Gäste zahlen an der Tür."],
        ),
    ],
)
def test_a_claim_is_split_at_conjunctions_behind_a_comma_and_at_semicolons(claim: str, clauses: list[str]) -> None:
    assert coordinated_clauses(claim) == clauses


@pytest.mark.parametrize(
    "claim",
    [
        "The club has courts and a bar for its members.",
        "It sells wool, tin, and salt.",
        "The ship left Bristol in May.",
        "",
    ],
)
def test_a_claim_of_one_statement_or_with_a_part_too_short_for_one_stays_whole(claim: str) -> None:
    assert coordinated_clauses(claim) == []
