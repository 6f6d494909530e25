"""Links have random tokens, of which only a hash is kept, and end."""

from datetime import UTC, datetime, timedelta
from re import fullmatch

import pytest

from rag.errors import SettingsError
from serving.sharing.share import MAX_DAYS, TOKEN, hash_of_token, new_link

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_link_lives_for_its_days() -> None:
    link, token = new_link("ann", "c1", 7, NOW)
    assert not link.has_expired(NOW + timedelta(days=7, seconds=-1))
    assert link.has_expired(NOW + timedelta(days=7))
    assert fullmatch(TOKEN, token)
    assert token != new_link("ann", "c1", 7, NOW)[1]


@pytest.mark.parametrize("days", [0, -7, MAX_DAYS + 1])
def test_no_link_lives_for_ever_or_not_at_all(days: int) -> None:
    with pytest.raises(SettingsError, match="1 to 365 days"):
        new_link("ann", "c1", days, NOW)


def test_a_text_without_the_form_of_a_token_has_no_hash() -> None:
    _, token = new_link("ann", "c1", 7, NOW)
    assert len(hash_of_token(token)) == 64
    assert {hash_of_token(each) for each in ("", token[:-1], token + "A", token[:-1] + "/", "ü" * 43)} == {""}
