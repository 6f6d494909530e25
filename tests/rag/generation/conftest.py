"""A small model of random weights, and a runner that watches what passes through it."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # tests of models on servers run where torch is not installed
    from tests.support.random_models import WatchedRunner


@pytest.fixture(scope="session")
def model() -> Any:
    from tests.support.random_models import random_model

    return random_model()


@pytest.fixture
def runner(model: Any) -> "WatchedRunner":
    from tests.support.random_models import WatchedRunner

    return WatchedRunner(model)
