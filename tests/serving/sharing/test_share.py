"""Links have random tokens, of which only a hash is kept, and end."""

from datetime import UTC, datetime

import pytest

from rag.errors import SettingsError
from serving.sharing.share import MAX_DAYS, hash_of_token, new_link

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("days", [0, -7, MAX_DAYS + 1])
def test_no_link_lives_for_ever_or_not_at_all(days: int) -> None:
    with pytest.raises(SettingsError, match="1 to 365 days"):
        new_link("ann", "c1", days, NOW)


def test_a_text_without_the_form_of_a_token_has_no_hash() -> None:
    _, token = new_link("ann", "c1", 7, NOW)
    assert len(hash_of_token(token)) == 64
    assert {hash_of_token(each) for each in ("", token[:-1], token + "A", token[:-1] + "/", "ü" * 43)} == {""}
