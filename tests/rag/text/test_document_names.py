"""Names of documents: read as words, and matched with what a question names."""

import pytest

from rag.text.document_names import (
    NameMatcher,
    file_names,
    question_words,
    with_context,
)
from rag.types import DocumentFacts

REPORTS = {
    1: "ADOBE_2018_10K.pdf",
    2: "ADOBE_2019_10K.pdf",
    3: "BESTBUY_2018_10K.pdf",
    4: "notes.md",
    **{10 + n: f"OTHER{chr(65 + n)}_20{15 + n}_10K.pdf" for n in range(8)},
}


def test_a_question_that_names_nothing_prefers_nothing() -> None:
    assert NameMatcher(REPORTS).scores("Why is the sky blue?") == {}
    assert NameMatcher({}).scores("Anything?") == {}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Summarise lease.pdf and the minutes 2019-04.docx!", ["lease.pdf", "2019-04.docx"]),
        ("Fasse docs/plans.md zusammen.", []),
        ("What do node.js, U.S. law and example.com say about 3.5 mm?", []),
        ("Summarise https://example.org/a.html", []),
    ],
)
def test_files_of_documents_are_told_from_other_words_with_a_dot(text: str, names: list[str]) -> None:
    assert file_names(text) == names


def test_sharing_a_word_with_a_long_title_is_not_naming_it() -> None:
    titles = {1: "Effects of sleep on memory in older adults", 2: "Memory"}
    assert NameMatcher(titles).scores("Does sleep improve memory?").keys() == {2}


def test_the_context_keeps_the_innermost_headings_and_outer_ones_while_they_are_short() -> None:
    path = " › ".join(["Part " + "x" * 60, "Notes", "Note 4", "Table 3"])
    assert with_context("A report", path, "") == "A report › Notes › Note 4 › Table 3"
    assert with_context("A report", "Notes › " + "y" * 70, "") == "A report › " + "y" * 70
    assert with_context("A " * 100, "Notes", "") == ("A " * 100)[:117].rstrip() + " › Notes"


def filing(organisation: str, period: str, kind: str = "10-K") -> DocumentFacts:
    return DocumentFacts(
        title="Annual Report on Form 10-K", organisation=organisation, period=period, kind=kind, language="en"
    )


FIVE_YEARS = {year: filing("Best Buy Co., Inc.", str(year)) for year in range(2017, 2022)}
FIVE_COMPANIES = {
    id_: filing(name, "2019")
    for id_, name in enumerate(("Best Buy Co., Inc.", "3M Company", "Amazon.com, Inc.", "Amcor plc", "Square, Inc."))
}


def best(facts: dict[int, DocumentFacts], question: str) -> set[int]:
    """Return the documents that a question names most, of files whose names say nothing."""
    scores = NameMatcher({id_: f"scan{id_:04}.pdf" for id_ in facts}, facts).scores(question)
    return {id_ for id_, score in scores.items() if score == 1.0}


@pytest.mark.parametrize("asked", ["Best Buy's 2019 10-K", "best buy fy19", "the annual report of Best Buy for 2019"])
def test_of_five_years_of_one_company_the_one_named_is_preferred(asked: str) -> None:
    assert best(FIVE_YEARS, f"What was the gross margin in {asked}?") == {2019}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("Best Buy", {0}), ("3M", {1}), ("amazon", {2}), ("Amcor's", {3}), ("Square in 2019", {4}), ("2019", set())],
)
def test_of_five_companies_of_one_year_the_one_named_is_preferred(asked: str, expected: set[int]) -> None:
    assert best(FIVE_COMPANIES, f"What was the revenue of {asked}?") == expected


def test_a_quarter_is_found_however_it_is_written() -> None:
    quarters = {n: filing("Best Buy Co., Inc.", f"Q{n} 2024", "10-Q") for n in (1, 2, 3)}
    for asked in ("Q2 2024", "second quarter of fiscal 2024", "2nd-quarter 2024", "2Q FY24"):
        assert best(quarters, f"What were Best Buy's sales in the {asked}?") == {2}, asked


def test_a_title_names_a_document_that_has_another_file_name() -> None:
    papers = {
        1: DocumentFacts(title="LayoutParser: A Unified Toolkit"),
        2: DocumentFacts(title="Dense Passage Retrieval"),
    }
    assert best(papers, "Who wrote the LayoutParser toolkit?") == {1}


def test_names_with_accents_and_without_spaces_are_found() -> None:
    facts = {
        1: DocumentFacts(organisation="Nestlé S.A.", period="2023"),
        2: DocumentFacts(title="安徽省建设用地使用标准"),
    }
    assert best(facts, "What did nestle earn in 2023?") == {1}
    assert best(facts, "安徽省建设用地使用标准是什么?") == {2}


def test_a_long_question_and_a_long_title_are_read_in_time() -> None:
    facts = {1: DocumentFacts(title="word " * 2_000)}
    assert best(facts, "word " * 100_000) == {1}
    assert len(question_words("a b " * 100_000)) < 10


def test_of_very_many_documents_the_one_named_is_found_by_its_rare_words() -> None:
    names = {id_: f"report_{id_}.pdf" for id_ in range(2_000)}
    facts = {id_: filing(f"Company Word{id_} Inc.", "2019") for id_ in names}
    scores = NameMatcher(names, facts).scores("What does the 2019 10-K of Word1234 report?")
    assert max(scores, key=lambda id_: scores[id_]) == 1234
