"""Samples are repeatable and nested; distractors share words with the question."""

from evaluation.case_selection import Distractors, sample


def test_a_sample_does_not_depend_on_the_order_and_a_larger_one_holds_the_smaller() -> None:
    names = [f"case {number}" for number in range(50)]
    few, more = (sample(names, limit, 0, str) for limit in (10, 20))
    assert more[:10] == few != names[:10]
    assert sample(names[::-1], 10, 0, str) == few
    assert sample(names, 10, 1, str) != few
    assert sample(names, None, 0, str) == names


def test_the_nearest_texts_come_first_and_those_without_a_common_word_last() -> None:
    distractors = Distractors(["Dogs bark.", "Cats sleep.", "Dogs bark at night.", "Rain falls."])
    assert distractors.nearest("Which dogs bark at night?", 4, range(4)) == [2, 0, 1, 3]
    assert distractors.nearest("Which dogs bark at night?", 1, [1, 3]) == [1]
