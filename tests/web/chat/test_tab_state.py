"""What a tab tells is read with care: whatever comes, it is nothing worse than nothing."""

import pytest

from web.chat.state import TabState, told


def test_choice_conversation_and_settings_are_told() -> None:
    text = '{"excluded": [1, "2", 3], "conversation": "1f", "settings": {"top_k": 5}}'
    assert told(text) == TabState(frozenset({1, 3}), "1f", {"top_k": 5})
    assert told('{"excluded": [], "conversation": null, "settings": null}') == TabState(frozenset())
    assert told('{"excluded": null}').excluded is None, "as it was kept"


@pytest.mark.parametrize("text", ["", "[]", "7", "{", "[" * 100_000, '{"excluded": {"1": 2}, "settings": [1]}'])
def test_what_cannot_be_read_tells_nothing(text: str) -> None:
    assert told(text) == TabState()


def test_an_endless_id_is_cut() -> None:
    assert len(told('{"conversation": "' + "x" * 10_000 + '"}').conversation) == 64
