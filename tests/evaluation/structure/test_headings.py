import pytest

from evaluation.structure.headings import (
    HeadingScore,
    Titled,
    map_levels,
    match_headings,
    score_headings,
    score_pages,
    total,
)

_EXPECTED = [Titled(1, 1, "1. One"), Titled(1, 2, "1.1 Two"), Titled(2, 1, "2. Three")]


def test_the_same_headings_are_right_whatever_their_levels_are_called() -> None:
    found = [Titled(1, 2, "1 ONE"), Titled(1, 5, "1.1 Two"), Titled(2, 2, "2. Three")]

    assert score_headings(_EXPECTED, found) == HeadingScore(3, 3, 3, 3)


def test_levels_that_merge_or_turn_round_are_wrong() -> None:
    assert score_headings(_EXPECTED, [each._replace(level=1) for each in _EXPECTED]).level_right == 2
    assert score_headings(_EXPECTED, [each._replace(level=3 - each.level) for each in _EXPECTED]).level_right == 2


def test_a_title_on_another_page_or_half_another_is_not_right() -> None:
    found = [Titled(2, 1, "1. One"), Titled(1, 2, "1.1 Two and a long and different title"), Titled(2, 1, "2. Three")]

    assert score_headings(_EXPECTED, found).right == 1


def test_headings_below_all_levels_of_the_outline_are_not_counted() -> None:
    found = [*_EXPECTED, Titled(1, 3, "Deeper"), Titled(1, 2, "Beside")]

    assert score_headings(_EXPECTED, found) == HeadingScore(3, 4, 3, 3)


def test_on_pages_that_are_known_whole_all_count_and_levels_follow_each_other() -> None:
    found = [Titled(1, 4, "1. One"), Titled(1, 4, "1.1 Two"), Titled(2, 1, "2. Three"), Titled(2, 6, "More")]

    assert score_pages(_EXPECTED, found) == HeadingScore(3, 4, 3, 2)


def test_a_title_with_a_letter_that_was_misread_is_the_same() -> None:
    assert match_headings([Titled(1, 1, "Effect of Headings")], [Titled(1, 1, "Ef ect of Headings")]) == [(0, 0)]


def test_shares_are_those_of_their_numbers() -> None:
    score = HeadingScore(expected=4, found=2, right=1, level_right=1)

    assert (score.precision(), score.recall()) == (0.5, 0.25)
    assert score.f1() == pytest.approx(1 / 3)
    assert HeadingScore(0, 0, 0, 0).f1() == 0
    assert total([score, score]) == HeadingScore(8, 4, 2, 2)
    assert total([]) == HeadingScore(0, 0, 0, 0)


def test_levels_are_mapped_in_order_and_one_to_one() -> None:
    assert map_levels([(1, 2), (2, 4), (2, 4), (3, 5)]) == {2: 1, 4: 2, 5: 3}
    assert map_levels([]) == {}
