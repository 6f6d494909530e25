"""Libraries that would call home are told not to, whatever the environment says."""

import os
import subprocess
import sys

from gradio import analytics
from huggingface_hub import constants

from tests.support.paths import ROOT

PROGRAM = "import os, rag; print(*(os.environ[each] for each in %r))"


def test_every_switch_is_off_before_a_library_is_imported() -> None:
    switches = {"DO_NOT_TRACK": "1", "GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_DISABLE_TELEMETRY": "1"}
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM % [*switches]],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **dict.fromkeys(switches, "0"), "GRADIO_ANALYTICS_ENABLED": "True", "PYTHONPATH": str(ROOT)},
    )
    assert told.stdout.split() == [*switches.values()]


def test_the_libraries_take_it_as_switched_off() -> None:
    assert constants.HF_HUB_DISABLE_TELEMETRY
    assert not analytics.analytics_enabled()
