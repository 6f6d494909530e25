"""Support is judged in the language of the documents, and by a model where it is sure; elsewhere the words decide."""

from dataclasses import replace

import pytest

from rag.grounding.citations import cite
from rag.grounding.lexical_scorer import SUPPORTED
from rag.grounding.scorers import ModelJudge, ScorerByLanguage, lexical_scorer
from rag.interfaces import ClaimJudge
from rag.types import ClaimVerdict
from tests.conftest import passage

SCORER = ScorerByLanguage()

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
FALSE = [
    ("de", "Das Unternehmen wurde 1857 von Werner Siemens in Berlin gegründet.", ["1857"]),
    ("fr", "La société a été fondée en 1908 par Louis Renault à Billancourt.", ["1908"]),
    ("zh", "该公司于1994年由张瑞敏在青岛创立。", ["1994"]),
    ("ar", "تأسست الشركة عام ١٩٨٠ في مدينة الرياض.", ["١٩٨٠"]),
    ("ru", "Компания была основана в 1983 году Михаилом Фридманом в Москве.", ["1983"]),
    ("de", "Das Unternehmen wurde 1847 von Karl Benz in Berlin gegründet.", ["Karl", "Benz"]),
    ("fr", "La société a été fondée en 1898 par André Citroën à Billancourt.", ["André", "Citroën"]),
    ("ru", "Компания была основана в 1993 году Олегом Ивановым в Москве.", ["Олегом", "Ивановым"]),
]


@pytest.mark.parametrize("language", TRUE)
def test_the_same_said_in_other_words_is_supported(language: str) -> None:
    (score,) = SCORER.support(TRUE[language], [EVIDENCE[language]])
    assert score >= SUPPORTED
    assert SCORER.missing(TRUE[language], EVIDENCE[language]) == []
    assert SCORER.contradicts(TRUE[language], [EVIDENCE[language]]) == [False]


@pytest.mark.parametrize(("language", "sentence", "missing"), FALSE)
def test_another_number_or_name_is_not_supported_and_named(language: str, sentence: str, missing: list[str]) -> None:
    (score,) = SCORER.support(sentence, [EVIDENCE[language]])
    assert score < SUPPORTED
    assert SCORER.missing(sentence, EVIDENCE[language]) == missing


def test_what_is_in_no_known_language_is_judged_as_english() -> None:
    spans = ["x = 3;", "y: 1932"]
    assert SCORER.support("x = 3", spans) == lexical_scorer().support("x = 3", spans) != [0.0, 0.0]
    assert SCORER.opinion("a", "b") is None


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
    ],
)
def test_numbers_are_compared_as_the_language_prints_them(claim: str, source: str, *, is_true: bool) -> None:
    assert (SCORER.support(claim, [source])[0] >= SUPPORTED) is is_true
    assert bool(SCORER.missing(claim, source)) is not is_true


QUOTE = "Tenants may keep one cat."


class Judge:
    """Says that a claim is supported with a probability."""

    can_judge = True

    def __init__(self, supported: float) -> None:
        self.asked: list[tuple[str, str]] = []
        self._verdict = ClaimVerdict(supported, (1 - supported) / 2, (1 - supported) / 2)

    def judge_claim(self, claim: str, quote: str) -> ClaimVerdict:
        self.asked.append((claim, quote))
        return self._verdict


def judged(judge: ClaimJudge) -> ModelJudge:
    return ModelJudge(SCORER, lambda: judge)


def test_a_model_that_cannot_judge_leaves_it_to_the_words() -> None:
    judge = Judge(0.9)
    judge.can_judge = False
    assert judged(judge).opinion("A tenant can have a cat.", QUOTE) is None


def test_what_is_copied_is_left_to_the_words() -> None:
    judge = Judge(0.0)
    for claim in ("Tenants may keep one cat.", "tenants may keep", "One cat"):
        assert judged(judge).opinion(claim, QUOTE) is None
    assert judge.asked == []
    assert judged(judge).opinion("Tenants may keep one", "Tenants may keep one-eyed cats.") is None
    assert judged(judge).opinion("Tenants may keep on", QUOTE) == 0.0


def test_what_is_copied_but_for_its_spelling_is_left_to_the_words() -> None:
    judge = Judge(0.0)
    text = "Tenants (except students) may keep two cats, and they don't pay for it."
    for claim in ("may keep 2 cats", "they do not pay for it", "may keep 2 cats, and they do not pay"):
        assert judged(judge).opinion(claim, text) is None
    assert judge.asked == []
    assert judged(judge).opinion("they do pay for it", text) == 0.0
    assert judged(judge).opinion("Tenants may keep two cats", text) == 0.0, "a parenthesis may make an exception"


def test_it_is_told_whose_text_a_quote_is() -> None:
    judge = Judge(0.9)
    found = passage("We let cats in.", document="terms_2024.pdf")
    found = replace(found, chunk=replace(found.chunk, title="Hotel Seeblick: terms", heading="4 Animals"))
    (sentence,) = cite("The Hotel Seeblick lets cats in.", "?", [found], judged(judge))
    assert judge.asked == [("The Hotel Seeblick lets cats in.", "Hotel Seeblick: terms › 4 Animals: We let cats in.")]
    assert sentence.meaning == 0.9
    judged(judge).opinion("Cats may come in.", "We let cats in.")
    assert judge.asked[1:] == [("Cats may come in.", "We let cats in.")]


@pytest.mark.parametrize(
    ("claim", "opinion", "support"),
    [
        ("Tenants may also keep one cat.", 0.95, "supported"),
        ("Tenants may also keep one cat.", 0.4, "weak"),
        ("One cat is what tenants have a right to.", 0.6, "supported"),
        ("One cat is what tenants have a right to.", 0.4, "weak"),
        ("Tenants may not keep a cat.", 0.96, "supported"),
        ("Tenants may not keep a cat.", 0.9, "weak"),
    ],
)
def test_it_outweighs_words_and_must_be_surer_where_a_negation_differs(
    claim: str, opinion: float, support: str
) -> None:
    (sentence,) = cite(claim, "?", [passage(QUOTE)], judged(Judge(opinion)))
    assert (sentence.support, sentence.meaning) == (support, opinion)


def test_it_is_not_asked_of_a_figure_that_the_quote_says_of_something_else() -> None:
    judge = Judge(0.99)
    text = "Tenants may keep 1 cat in a flat and 3 cats in a house."
    (sentence,) = cite("Tenants may keep 3 cats in a flat.", "?", [passage(text)], judged(judge))
    assert (sentence.support, judge.asked) == ("weak", [])


@pytest.mark.parametrize(
    ("claim", "support"),
    [
        ("Tenants may keep two cats.", "weak"),
        ("One cat is what tenants of Berlin have a right to.", "weak"),
        ("Bananas are yellow.", "unsupported"),
    ],
)
def test_it_is_not_asked_of_a_wrong_figure_or_name_nor_if_no_quote_is_near(claim: str, support: str) -> None:
    judge = Judge(0.95)
    (sentence,) = cite(claim, "?", [passage(QUOTE)], judged(judge))
    assert (sentence.support, sentence.meaning, judge.asked) == (support, None, [])


@pytest.mark.parametrize(
    "claim",
    [
        "Whoever rents here has the right to one cat.",
        "**Pets**: one cat is what tenants may have.",
    ],
)
def test_it_is_asked_where_only_a_first_word_looks_like_a_name_that_the_quote_lacks(claim: str) -> None:
    judge = Judge(0.95)
    (sentence,) = cite(claim, "?", [passage(QUOTE)], judged(judge))
    assert (sentence.support, len(judge.asked)) == ("supported", 1)


def test_a_first_word_that_no_quote_has_is_doubted_by_words_but_not_called_missing() -> None:
    (sentence,) = cite("Lodgers and tenants may keep 2 cats.", "?", [passage(QUOTE)], SCORER)
    assert (sentence.support, sentence.missing) == ("weak", ("2",))
    (sentence,) = cite("Lodgers and tenants may keep one cat.", "?", [passage(QUOTE)], SCORER)
    assert (sentence.support, sentence.missing) == ("weak", ())


def test_a_first_word_is_a_name_if_the_question_or_a_passage_has_it_inside_a_sentence() -> None:
    claim, other = "Harald may keep one cat.", passage("The hotel lets Harald stay.", document="b.pdf")
    judge = Judge(0.95)
    for question, shown in (("May Harald keep a cat?", [passage(QUOTE)]), ("?", [passage(QUOTE), other])):
        (sentence,) = cite(claim, question, shown, judged(judge))
        assert (sentence.support, sentence.missing, judge.asked) == ("weak", ("Harald",), [])
