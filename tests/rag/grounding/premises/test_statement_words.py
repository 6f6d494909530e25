"""The words of a statement: names, amounts, years, negations."""

from rag.grounding.premises.statement_words import read_words, statements


def test_amounts_have_the_unit_that_follows_and_years_are_none() -> None:
    words = read_words("The term is two years, since 2019 for 12 members.")
    assert words.amounts == {("2", "year"), ("12", "member")}


def test_a_year_that_is_only_compared_with_is_not_that_of_the_statement() -> None:
    words = read_words("Sales of 2023 grew\nover fiscal 2022.")
    assert words.years == {"2023"}
    assert words.compared == {"2022"}


def test_what_follows_a_negation_is_negated_unless_it_happens_after_all() -> None:
    assert "score" in read_words("He played for Wales without scoring.").negated
    assert not read_words("It was not completed until 1769, with or without help.").negated


def test_names_are_capitalised_inside_a_sentence() -> None:
    assert read_words("Once Ada met the board of ACME.").names == {"ada", "acm"}


def test_a_reference_mark_ends_a_statement() -> None:
    text = "He scored often.[70] He never played for Wales.[71] She did. And more"
    spans = list(statements(text))
    assert [text[span.start : span.end] for span in spans] == [
        "He scored often.",
        "He never played for Wales.",
        "She did.",
        "And more",
    ]
