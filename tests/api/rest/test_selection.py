"""The circumstances of a question are typed, bounded, and the same as the app's settings."""

import pytest
from pydantic import ValidationError

from api.rest.selection import ChosenSettings, Exchange, Within
from rag.answering.conversation_settings import CHOICES


def test_every_setting_of_a_conversation_can_be_chosen_and_no_other() -> None:
    assert set(ChosenSettings.model_fields) == set(CHOICES)
    with pytest.raises(ValidationError):
        ChosenSettings(library="/etc")


@pytest.mark.parametrize("values", [{"passages": "5"}, {"seed": -1}, {"temperature": 9}, {"stop": [""]}, {"beams": 0}])
def test_a_value_that_cannot_be_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ChosenSettings(**values)


def test_a_restriction_is_that_of_the_command() -> None:
    chosen = Within(documents=[3, 4], kinds=["report"]).selection(frozenset({4}))
    assert (chosen.ids, list(chosen.kinds), chosen.excluded) == (frozenset({3, 4}), ["report"], frozenset({4}))
    assert Within().selection().ids is None


def test_a_turn_has_no_passages_of_its_own() -> None:
    turn = Exchange(question="The fee?", answer="20 euros.").turn()
    assert (turn.question, turn.answer, turn.passages) == ("The fee?", "20 euros.", ())
