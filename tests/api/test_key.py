"""A key has a form that nobody guesses, and ends when it is said to."""

from datetime import UTC, datetime

import pytest

from api.key import expiry, hash_of, new_key, parts_of
from rag.errors import SettingsError

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_new_key_has_256_random_bits_and_only_their_hash_is_kept() -> None:
    id_, text, hashed = new_key()
    parts = parts_of(text)
    assert parts is not None
    assert (parts[0], hash_of(parts[1])) == (id_, hashed)
    assert len(bytes.fromhex(parts[1])) == 32
    assert parts[1] not in hashed
    assert len({new_key()[1] for _ in range(20)}) == 20


@pytest.mark.parametrize("text", ["", "cw_", "sk-123", "cw_zz_" + "0" * 64, "cw_0123456789ab_" + "0" * 63, "é" * 80])
def test_what_has_not_the_form_of_a_key_is_none(text: str) -> None:
    assert parts_of(text) is None


@pytest.mark.parametrize(("span", "ends"), [("12h", "2026-01-01T12"), ("90d", "2026-04-01"), ("6W", "2026-02-12")])
def test_a_key_lives_as_long_as_is_said(span: str, ends: str) -> None:
    assert expiry(span, NOW).startswith(ends)


@pytest.mark.parametrize("span", ["", "90", "0d", "-1d", "d", "1y", "999999999d"])
def test_any_other_span_is_refused(span: str) -> None:
    with pytest.raises(SettingsError, match="12h, 90d or 6w"):
        expiry(span, NOW)
