import pytest

from ingest.readers.pdf.sections.numbering import heading_number, is_number_alone


@pytest.mark.parametrize(
    ("text", "rank", "depth"),
    [
        ("7.2 Results", None, 2),
        ("1 Introduction", None, 1),
        ("A.1 Proofs", None, 2),
        ("IV. Discussion", None, 0),
        ("B. Methods", None, 0),
        ("Item 7. Management's Discussion", 1, 0),
        ("ITEM 1A. RISK FACTORS", 1, 0),
        ("NOTE 4 - Goodwill", 3, 0),
        ("Chapter Three", 1, 0),
        ("ARTICLE IV", 1, 0),
        ("Part II", 0, 0),
        ("Appendix A", 2, 0),
        ("§ 12 Haftung", 3, 0),
        ("第三章 结果", 1, 0),
        ("Kapitel 2", 1, 0),
    ],
)
def test_the_number_of_a_heading_says_its_rank_and_depth(text: str, rank: int | None, depth: int) -> None:
    number = heading_number(text)

    assert number is not None
    assert (number.rank, number.depth) == (rank, depth)


@pytest.mark.parametrize("text", ["Results", "part of the plan", "note 4 says", "Parties to it", "Itemised costs", ""])
def test_words_that_only_look_like_numbers_are_none(text: str) -> None:
    assert heading_number(text) is None


def test_the_title_begins_where_the_number_ends() -> None:
    text = "Item 7. Management's Discussion"
    number = heading_number(text)

    assert number
    assert text[number.end :] == "Management's Discussion"


def test_a_number_alone_has_no_title() -> None:
    assert is_number_alone("7.2")
    assert is_number_alone("Item 7.")
    assert not is_number_alone("7.2 Results")
