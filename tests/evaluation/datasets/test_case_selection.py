"""Samples are repeatable and nested; distractors share words with the question; gold passages may stand anywhere."""

from evaluation.datasets.case_selection import Distractors, mix_passages, sample, sample_evenly
from evaluation.datasets.cases import GivenPassage


def test_a_sample_does_not_depend_on_the_order_and_a_larger_one_holds_the_smaller() -> None:
    names = [f"case {number}" for number in range(50)]
    few, more = (sample(names, limit, 0, str) for limit in (10, 20))
    assert more[:10] == few != names[:10]
    assert sample(names[::-1], 10, 0, str) == few
    assert sample(names, 10, 1, str) != few
    assert sample(names, None, 0, str) == names


def test_an_even_sample_has_half_of_either_kind_and_the_odd_one_of_the_first() -> None:
    ones, others = [f"a{n}" for n in range(9)], [f"b{n}" for n in range(9)]
    chosen = sample_evenly(ones, others, 5, 0, str)
    assert [len(set(kind) & set(chosen)) for kind in (ones, others)] == [3, 2]
    assert sample_evenly(ones, others, None, 0, str) == ones + others


def test_the_nearest_texts_come_first_and_those_without_a_common_word_last() -> None:
    distractors = Distractors(["Dogs bark.", "Cats sleep.", "Dogs bark at night.", "Rain falls."])
    assert distractors.nearest("Which dogs bark at night?", 4, range(4)) == [2, 0, 1, 3]
    assert distractors.nearest("Which dogs bark at night?", 1, [1, 3]) == [1]


def test_gold_passages_are_found_where_the_mixing_put_them() -> None:
    gold, others = [GivenPassage("gold")], [GivenPassage(f"other {n}") for n in range(3)]
    places = set()
    for case in map(str, range(30)):
        passages, (place,) = mix_passages(gold, others, 0, case)
        assert passages[place].text == "gold"
        assert (passages, (place,)) == mix_passages(gold, others, 0, case)
        places.add(place)
    assert places == {0, 1, 2, 3}
