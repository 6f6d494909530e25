"""A text's sparse vector has what BM25 gives its words; the same word has the same place everywhere."""

import pytest

from rag.stores.milvus.term_vectors import MOST_TERMS, place, term_vector


def test_a_word_and_a_part_of_one_have_places_of_their_own_that_milvus_takes() -> None:
    places = {place("text", "hous"), place("parts", "hous"), place("text", "\ud800")}
    assert len(places) == 3
    assert all(0 < each < 2**32 - 1 for each in places)
    assert place("text", "hous") == 450_477_687  # stored vectors rely on it


def test_more_of_a_word_weighs_more_and_never_more_than_one() -> None:
    weights = [term_vector("osprey " * times + "filler " * (100 - times), "en").weights for times in (1, 5, 50)]
    osprey = place("text", "osprey")
    assert 0 < weights[0][osprey] < weights[1][osprey] < weights[2][osprey] < 1


def test_a_word_of_a_usual_text_weighs_what_bm25_gives_it() -> None:
    vector = term_vector("osprey " + "filler " * 99, "en")
    assert vector.weights[place("text", "osprey")] == pytest.approx(1 / (1 + 1.2))


def test_a_text_is_analysed_in_its_language() -> None:
    assert place("text", "haus") in term_vector("Die Häuser", "de").weights
    assert any(each in term_vector("Häuser", "de").weights for each in (place("parts", "haus"), place("parts", "haeu")))


def test_of_a_text_with_very_many_words_the_most_frequent_are_kept() -> None:
    text = " ".join(f"word{number}x" for number in range(MOST_TERMS + 10)) + " osprey osprey"
    vector = term_vector(text, "en")
    assert len(vector.terms) == len(vector.weights) == MOST_TERMS
    assert place("text", "osprey") in vector.weights
