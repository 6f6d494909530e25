"""Rules of languages: how they deny and mark names."""

import pytest

from rag.grounding.language_rules import rules_of


@pytest.mark.parametrize(
    ("language", "denying", "affirming"),
    [
        ("de", "Das ist kein Haus.", "Das ist ein Haus."),
        ("es", "No hay casas.", "Hay notas y casas."),
        ("fr", "Il n'habite ici.", "Il habite la passerelle."),
        ("zh", "他没有来。", "非洲的无线网络非常好，不过很贵。"),
        ("ja", "彼は来なかった。", "彼は来た。"),
        ("ar", "لم يصل القطار.", "وصل القطار إلى المحطة."),
        ("ru", "Он не пришёл.", "Небо синее."),
        ("th", "เขาไม่มา", "เขามา"),
    ],
)
def test_a_negation_is_told_from_words_that_contain_one(language: str, denying: str, affirming: str) -> None:
    assert rules_of(language).negation.search(denying)
    assert not rules_of(language).negation.search(affirming)
