"""Decoding: values out of range are rejected by name."""

from typing import Any

import pytest

from rag.errors import SettingsError
from rag.types.decoding import Decoding


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_new_tokens", 0),
        ("temperature", -0.1),
        ("top_p", 0.0),
        ("beams", 0),
        ("max_repeats", 1),
        ("stop", ("ok", "")),
    ],
)
def test_a_value_out_of_range_is_named_with_its_range(name: str, value: object) -> None:
    settings: dict[str, Any] = {name: value}
    with pytest.raises(SettingsError, match=f"'{name}' is .* must be"):
        Decoding(**settings)


def test_beams_and_sampling_do_not_go_together() -> None:
    with pytest.raises(SettingsError, match="beam search is deterministic"):
        Decoding(beams=2, temperature=0.5)
