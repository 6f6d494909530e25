"""Kinds and years that a filter may name."""

import pytest

from rag.errors import QuestionError
from rag.text.facets import MAX_FACT, checked_facts, facts_line, is_of_kind, kind_named, years_of
from rag.types import DocumentFacts


@pytest.mark.parametrize(
    ("called", "kind"),
    [
        ("10k", "10-K"),
        ("Contracts", "contract"),
        ("slide deck", "slides"),
        ("Reports", "report"),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_a_kind_is_known_by_what_people_call_it(called: str, kind: str) -> None:
    assert kind_named(called) == kind


def test_a_report_may_be_of_a_narrower_kind() -> None:
    assert is_of_kind("10-K", "report")
    assert is_of_kind("10-K", "annual report")
    assert not is_of_kind("report", "10-K")
    assert not is_of_kind("", "report")
    assert is_of_kind("Recipe", "recipe")  # a person's own kind


@pytest.mark.parametrize(
    ("period", "date", "years"),
    [
        ("2018", "2019-02-07", {2018}),
        ("Q2 2024", "", {2024}),
        ("2015–2018", "", {2015, 2016, 2017, 2018}),
        ("", "2022-12-23", {2022}),
        ("2018 and 2020", "", {2018, 2020}),
        ("1500–2050", "", {1500, 2050}),
        ("", "", set()),
    ],
)
def test_years_are_those_of_the_period_or_else_of_the_date(period: str, date: str, years: set[int]) -> None:
    assert years_of(DocumentFacts(period=period, date=date)) == years


def test_one_line_says_what_a_document_is_without_saying_anything_twice() -> None:
    facts = DocumentFacts(
        title="Amcor reports 2023 results", organisation="Amcor", period="2023", kind="earnings release"
    )
    assert facts_line(facts) == "Amcor reports 2023 results · earnings release"
    assert facts_line(DocumentFacts(organisation="ACME", date="2019-02-28", kind="other", language="de")) == (
        "ACME · 2019-02-28 · de"
    )
    assert facts_line(DocumentFacts()) == ""


def test_what_a_person_enters_is_put_in_the_usual_form() -> None:
    entered = {"title": " A\x00\n title ", "kind": "Slide deck", "language": "DE", "date": "2019-02-28", "period": None}
    assert checked_facts(entered) == {
        "title": "A title",
        "kind": "slides",
        "language": "de",
        "date": "2019-02-28",
        "period": None,
    }
    empty = dict.fromkeys(("title", "date", "language", "kind"), "")
    assert checked_facts(empty) == empty
    assert checked_facts({"kind": "Recipe", "title": "تقرير سنوي"}) == {"kind": "recipe", "title": "تقرير سنوي"}


@pytest.mark.parametrize(
    ("entered", "message"),
    [
        ({"colour": "red"}, "no 'colour'. There are title, organisation"),
        ({"title": "x" * (MAX_FACT + 1)}, "301 characters, and 300 are the most"),
        ({"date": "yesterday"}, "Write it as 2019-02-28"),
        ({"date": "99999-01-01"}, "no date"),
        ({"language": "English"}, "no code of a language"),
    ],
)
def test_what_cannot_be_a_fact_is_refused_in_a_sentence(entered: dict[str, str], message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        checked_facts(entered)
