"""The circumstances of a question are typed, bounded, and the same as the app's settings."""

import pytest
from pydantic import ValidationError

from api.rest.selection import ChosenSettings, Within
from rag.answering.conversation_settings import CHOICES


def test_every_setting_of_a_conversation_can_be_chosen_and_no_other() -> None:
    assert set(ChosenSettings.model_fields) == set(CHOICES)
    with pytest.raises(ValidationError):
        ChosenSettings(library="/etc")


def test_a_restriction_is_that_of_the_command() -> None:
    chosen = Within(documents=[3, 4], kinds=["report"]).selection(frozenset({4}))
    assert (chosen.ids, list(chosen.kinds), chosen.excluded) == (frozenset({3, 4}), ["report"], frozenset({4}))
    assert Within().selection().ids is None
