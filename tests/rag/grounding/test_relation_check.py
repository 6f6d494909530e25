"""Quotes that have all words of a claim, and state something else; and true ones in other words, in English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.grounding.citations import cite
from rag.grounding.language_rules import ENGLISH
from rag.grounding.lexical_scorer import SUPPORTED
from rag.grounding.relation_check import RelationCheck
from rag.grounding.scorers import ScorerByLanguage
from tests.conftest import passages

CHECK = RelationCheck(ENGLISH.is_starter)
SCORER = ScorerByLanguage()


@pytest.mark.parametrize(
    ("claim", "quote", "flaw"),
    [
        (
            "Ada Byron directed The Harbour.",
            "What would a Mary Quill-directed version of The Harbour look like? Ada Byron says it would be dark.",
            "question",
        ),
        ("Ada Byron directed The Harbour.", "Director Ada Byron believed that The Harbour was too long.", "apart"),
        ("Ada Byron directed The Harbour.", "Ada Byron may have directed The Harbour.", "unsure"),
        ("Ada Byron directed The Harbour.", "Many believe that Ada Byron directed The Harbour.", "unsure"),
        ("Ada Byron directed The Harbour.", "Ada Byron and the cast of The Harbour met in Genoa.", "predicate"),
        ("Acme Bank bought Zenith Mills.", "Acme Bank was bought by Zenith Mills in 1990.", "reversed"),
        ("Ada Byron is the director of The Harbour.", "Ada Byron, former director of The Harbour, spoke.", "status"),
        ("Ada Byron is the director of The Harbour.", "Ada Byron, the director of Genoa Zoo, saw The Harbour.", "of"),
        ("Ada Byron is the director of Genoa Zoo.", "Ada Byron met Mary, the director of Genoa Zoo.", "holder"),
        (
            "Ada Byron won the cup on 4 May 2021.",
            "May 4, 2021 ... Ada Byron won the cup for the first time.",
            "dateline",
        ),
        ("The Genoa Fair is planned for June.", "The Genoa Fair Committee is planned for June.", "longer"),
        ("The plague is named after historian Justinian.", "It is named after emperor Justinian.", "title"),
        ("The pact was signed by Cuba on Monday.", "The pact was signed by Peru on Monday, in Cuba.", "slot"),
        ("Ada Byron is the mayor of Genoa in 2021.", "The mayor of Genoa is Ada Byron. Report 2021 by Lex.", "stray"),
    ],
)
def test_a_quote_that_states_another_relation_has_a_flaw(claim: str, quote: str, flaw: str) -> None:
    assert CHECK.flaw(claim, quote) == flaw


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Ada Byron directed The Harbour.", "The Harbour, directed by Ada Byron, opened in 1991."),
        ("Ada Byron directed The Harbour.", "Ada Byron, who directed the 1991 movie The Harbour, has died."),
        ("Ada Byron directed The Harbour.", "Ada Byron is the director of The Harbour."),
        ("Ada Byron may have directed The Harbour.", "Ada Byron may have directed The Harbour."),
        ("Acme Bank bought Zenith Mills.", "Zenith Mills was acquired by Acme Bank in 1990."),
        ("Ada Byron is the director of Genoa Zoo.", "Genoa Zoo's director Ada Byron spoke."),
        ("Ada Byron is the former director of Genoa Zoo.", "Ada Byron, former director of Genoa Zoo, spoke."),
        ("The Harbour was released in 1991.", "The Harbour is a film by Ada Byron. It was released in 1991."),
        ("Ada Byron won the cup on 4 May 2021.", "May 5, 2021 ... Ada Byron won the cup on May 4, 2021."),
        ("The war would later become known as the Long War.", "It would later become known as the Long War."),
        ("4 May 2021", "It opened on May 4, 2021."),
        ("Who directed The Harbour?", "Nobody knows."),
        ("In 1911 Acme bought the mill.", "It was long ago. In 1911 Acme bought the mill. Nobody minded."),
        ("", ""),
    ],
)
def test_the_same_relation_in_other_words_has_none(claim: str, quote: str) -> None:
    assert CHECK.flaw(claim, quote) == ""


def test_a_heading_may_name_whom_the_quote_is_about() -> None:
    claim, quote = "The Harbour was released by Acme.", "Released by Acme after long delays."
    assert CHECK.flaw(claim, quote) == "apart"
    assert CHECK.flaw(claim, quote, "The Harbour") == ""


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_checked(claim: str, quote: str) -> None:
    CHECK.flaw(claim, quote)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        (
            "The plays were printed in cheap form; others took 30 years.",
            "The plays were printed in cheap (i.e. thin) form; others took 30 years.",
        ),
        ("Many Sons attended the funeral.", "Numerous Sons attended the funeral."),
        ("In Time Stands Still, Rick comes back to school.", "Rick comes back to school, still coated in paint."),
    ],
)
def test_abbreviations_adjectives_and_names_of_the_heading_are_no_flaws(claim: str, quote: str) -> None:
    assert CHECK.flaw(claim, quote) == ""


def test_another_passage_that_states_it_is_cited_instead() -> None:
    shown = passages(
        ["Director Ada Byron believed that The Harbour was dark.", "The Harbour was directed by Ada Byron."]
    )
    (sentence,) = cite("Ada Byron directed The Harbour.", "Who directed The Harbour?", shown, SCORER)
    assert sentence.support == "supported"
    assert [citation.number for citation in sentence.citations] == [2]


def test_other_languages_are_judged_by_their_words() -> None:
    (score,) = SCORER.support(
        "Der Hafen wurde von Ada Byron gedreht.", ["Viele glauben, der Hafen wurde von Ada Byron gedreht."]
    )
    assert score >= SUPPORTED
