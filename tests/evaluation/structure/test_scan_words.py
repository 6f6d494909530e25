"""Words are counted as they are printed, in any order and in theirs."""

from evaluation.structure.scan_words import NO_WORDS, compare, words


def test_words_are_letters_and_digits_and_chinese_signs_each() -> None:
    assert words("It's 12.5% of 2019年, ﬁne") == ["It", "s", "12", "5", "of", "2019", "年", "fine"]


def test_missing_wrong_and_moved_words_count_where_they_should() -> None:
    score = compare("one two three four", "three four one twO five")
    assert (score.printed, score.recognised, score.right, score.in_order) == (4, 5, 3, 2)
    assert (score.recall, score.precision, score.ordered_recall) == (0.75, 0.6, 0.5)


def test_scores_add_up_and_nothing_is_nought() -> None:
    total = compare("a b", "a b") + compare("c d", "c")
    assert (total.recall, total.precision) == (0.75, 1.0)
    assert (NO_WORDS.recall, NO_WORDS.precision, NO_WORDS.ordered_recall) == (0, 0, 0)
