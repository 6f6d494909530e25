"""Support is judged in the language of the documents."""

import pytest

from rag.grounding.lexical_scorer import SUPPORTED, LexicalScorer
from rag.grounding.scorer_by_language import ScorerByLanguage, lexical_scorer
from rag.interfaces import Scorer
from rag.text.analyzer import english_analyzer

SCORER = ScorerByLanguage(lexical_scorer)

EVIDENCE = {
    "de": "Das Unternehmen wurde 1847 von Werner Siemens in Berlin gegründet. Heute arbeiten dort 300.000 Menschen.",
    "fr": "La société a été fondée en 1898 par Louis Renault à Billancourt. Elle emploie 105 000 personnes.",
    "zh": "该公司于1984年由张瑞敏在青岛创立，目前在全球拥有约10万名员工。公司总部位于山东省。",
    "ar": "تأسست الشركة عام ١٩٧٠ في مدينة الرياض على يد عبد الله السالم. ويعمل بها اليوم أكثر من ٥٠٠٠ موظف.",
    "ru": "Компания была основана в 1993 году Михаилом Фридманом в Москве. Сегодня в ней работают 20 000 человек.",
}
TRUE = {
    "de": "Werner Siemens gründete das Unternehmen 1847 in Berlin.",
    "fr": "Louis Renault a fondé la société à Billancourt en 1898.",
    "zh": "该公司于1984年在青岛创立。",
    "ar": "تأسست الشركة في الرياض عام 1970.",
    "ru": "Компания была основана в Москве в 1993 году.",
}
NUMBER = {
    "de": ("Das Unternehmen wurde 1857 von Werner Siemens in Berlin gegründet.", "1857"),
    "fr": ("La société a été fondée en 1908 par Louis Renault à Billancourt.", "1908"),
    "zh": ("该公司于1994年由张瑞敏在青岛创立。", "1994"),
    "ar": ("تأسست الشركة عام ١٩٨٠ في مدينة الرياض.", "١٩٨٠"),
    "ru": ("Компания была основана в 1983 году Михаилом Фридманом в Москве.", "1983"),
}
NAME = {
    "de": ("Das Unternehmen wurde 1847 von Karl Benz in Berlin gegründet.", ["Karl", "Benz"]),
    "fr": ("La société a été fondée en 1898 par André Citroën à Billancourt.", ["André", "Citroën"]),
    "ru": ("Компания была основана в 1993 году Олегом Ивановым в Москве.", ["Олегом", "Ивановым"]),
}


@pytest.mark.parametrize("language", TRUE)
def test_the_same_said_in_other_words_is_supported(language: str) -> None:
    (score,) = SCORER.support(TRUE[language], [EVIDENCE[language]])
    assert score >= SUPPORTED
    assert SCORER.missing(TRUE[language], EVIDENCE[language]) == []
    assert SCORER.contradicts(TRUE[language], [EVIDENCE[language]]) == [False]


@pytest.mark.parametrize("language", NUMBER)
def test_another_number_is_not_supported_and_named(language: str) -> None:
    sentence, number = NUMBER[language]
    (score,) = SCORER.support(sentence, [EVIDENCE[language]])
    assert score < SUPPORTED
    assert SCORER.missing(sentence, EVIDENCE[language]) == [number]


@pytest.mark.parametrize("language", NAME)
def test_another_name_is_not_supported_and_named(language: str) -> None:
    sentence, names = NAME[language]
    (score,) = SCORER.support(sentence, [EVIDENCE[language]])
    assert score < SUPPORTED
    assert SCORER.missing(sentence, EVIDENCE[language]) == names


def test_english_and_what_is_in_no_known_language_goes_to_the_english_scorer() -> None:
    english = LexicalScorer(english_analyzer().analyze)
    made: list[str] = []

    def make(language: str) -> Scorer:
        made.append(language)
        return lexical_scorer(language)

    scorer = ScorerByLanguage(make, english)
    spans = ["The tower was built in 1932 by the city of Baden.", "x = 3;"]
    assert scorer.support("Baden built the tower in 1932.", spans) == english.support(
        "Baden built the tower in 1932.", spans
    )
    assert scorer.opinion("a", "b") is None
    assert made == []


@pytest.mark.parametrize(
    ("claim", "source", "is_true"),
    [
        ("Die Vertragsstrafe beträgt 10.000 Euro.", "Die Vertragsstrafe beträgt 10 000 Euro.", True),
        ("Die Vertragsstrafe beträgt 10.000 Euro.", "Die Vertragsstrafe beträgt €10,000.", True),
        ("Die Vertragsstrafe beträgt 10 Euro.", "Die Vertragsstrafe beträgt 10.000 Euro.", False),
        ("Die Vertragsstrafe beträgt 1,5 Euro.", "Die Vertragsstrafe beträgt 1.500 Euro.", False),
        ("La pénalité contractuelle est de 10 000 euros.", "La pénalité contractuelle est de 10\u202f000 euros.", True),
        ("La pénalité contractuelle est de 500 euros.", "La pénalité contractuelle est de 1 500 euros.", False),
        ("The result was -5 million dollars.", "The result was 5 million dollars.", False),
        ("The result was -5 million dollars.", "The result was a loss of 5 million dollars.", True),
        ("The minimum temperature is -20 °C.", "The minimum temperature is 20 °C.", False),
        ("The weight is 5 kg.", "The weight is 5kg.", True),
        ("The timeout of the server is 30 seconds.", "The server has a 30-second timeout.", True),
        ("Revenue was $2.5 million in 2020.", "Revenue was $2.5m in 2020.", True),
    ],
)
def test_numbers_are_compared_as_the_language_prints_them(claim: str, source: str, *, is_true: bool) -> None:
    scorer = ScorerByLanguage(lexical_scorer)
    assert (scorer.support(claim, [source])[0] >= SUPPORTED) is is_true
    assert bool(scorer.missing(claim, source)) is not is_true
