"""A question leans on the conversation if it goes on with it, refers to it, or is too bare; else it stands alone."""

import pytest

from rag.retrieval.followup_rules import is_follow_up


@pytest.mark.parametrize(
    "question",
    [
        "And in 2019?",
        "Why?",
        "Why was that?",
        "In which year?",
        "How much?",
        "Who founded it?",
        "Explain that.",
        "More details",
        "Who is the author?",
        "What is the price?",
        "Who built that bridge?",
        "What is the name of that bridge?",
        "Are there others?",
        "What are the other ones called?",
        "What does it cost? List them.",
        "Is there more?",
        "Is it allowed?",
        "What is required?",
        "Who is responsible?",
        "Same for students?",
        "In Germany?",
        "Is there one?",
        "Und der Preis?",
        "¿Y el precio?",
        "Et le prix ?",
        "E il prezzo?",
    ],
)
def test_a_question_leans_if_it_goes_on_refers_back_or_is_bare(question: str) -> None:
    assert is_follow_up(question)


@pytest.mark.parametrize(
    "question",
    [
        "Which licenses are allowed?",
        "Which licenses are there?",
        "Are there any licenses?",
        "Is there a cancellation fee?",
        "Which licenses are given as examples of free ones? List them.",
        "Which plans are the cheaper ones?",
        "Which licenses are allowed for this software?",
        "What is this document about?",
        "What is the fee that tenants pay for parking?",
        "What is inflation?",
        "How old is Paris?",
        "What is IFRS?",
        "Does Citewell need one GPU?",
        "What does the law say about so-called gig workers?",
        "Explain the termination clause",
        "Why did sales fall?",
        "Is it possible to cancel the contract?",
        "How long does it take to ship an order?",
        "Does Debian publish its constitution?",
        "Does the contract say that the deposit is returned?",
        "Which plans include everything that students need?",
        "So what is the notice period for tenants?",
        "What happens at 30 degrees instead of 20?",
        "En quelle année la société a-t-elle été fondée ?",
        "En cas de litige, quel tribunal est compétent ?",
        "En qué año se fundó la empresa Siemens?",
        "Welche Frist gilt für die Kündigung dieses Vertrags?",
        "Wie wird damit umgegangen, dass die Miete zu spät kommt?",
        "这个文件的作者是谁？",
        "Explain the terms of these documents",
        "What is the previous owner called by the deed?",
        "Which is the first one of the listed plans?",
        "Is it mandatory that tenants insure the flat?",
        "What is the maximum temperature above sea level?",
    ],
)
def test_a_question_that_names_all_it_asks_about_stands_alone(question: str) -> None:
    assert not is_follow_up(question)


@pytest.mark.parametrize(
    "question",
    [
        "Und in welchem Jahr wurde sie gebaut?",
        "Was ist über ihn und seine Familie bekannt?",
        "¿Y en qué año se construyó el puente?",
        "Et en quelle année a-t-il été construit ?",
        "它是什么时候建造的？",
        "在哪一年？",
        "それはいつ建設されましたか？",
        "ومتى تم بناء ذلك الجسر في المدينة؟",
    ],
)
def test_a_follow_up_is_recognised_in_other_languages(question: str) -> None:
    assert is_follow_up(question)


@pytest.mark.parametrize(
    "question",
    [
        "In welchem Jahr wurde die Brücke von Baden gebaut?",
        "¿En qué año se construyó el puente de Baden?",
        "Combien y a-t-il de ponts dans la ville de Baden ?",
        "巴登的桥是哪一年建造的？",
        "バーデンの橋はいつ建設されましたか？",
        "متى تم بناء جسر مدينة بادن؟",
    ],
)
def test_a_question_in_another_language_stands_alone(question: str) -> None:
    assert not is_follow_up(question)


@pytest.mark.parametrize(
    ("question", "leans"), [("Why?", True), ("Why was that?", True), ("Why did sales fall?", False)]
)
def test_why_leans_back_only_where_it_says_nothing_else(question: str, *, leans: bool) -> None:
    assert is_follow_up(question) is leans
