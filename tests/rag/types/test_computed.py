"""Computed results are values: immutable, and equal if they say the same."""

from dataclasses import FrozenInstanceError

import pytest

from rag.types import Computed


def test_a_computed_result_cannot_be_changed() -> None:
    result = Computed(kind="lookup", statement="Net sales: 5.", operands=(), confidence=0.9)
    assert result == Computed(kind="lookup", statement="Net sales: 5.", operands=(), confidence=0.9)
    with pytest.raises(FrozenInstanceError):
        result.confidence = 1.0  # type: ignore[misc]
