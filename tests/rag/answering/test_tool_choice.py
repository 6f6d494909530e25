"""A model calls tools if that was measured to help it, or is set, and if it can."""

from dataclasses import replace

import pytest

from rag.answering import tool_choice
from rag.answering.tool_choice import may_call_tools
from rag.models.catalog import CATALOG
from tests.support.fakes import ScriptedGenerator
from tests.support.tools.calling_generator import CallingGenerator


@pytest.mark.parametrize(
    ("setting", "measured", "calls"),
    [("off", True, False), ("auto", True, True), ("auto", False, False), ("on", False, True)],
)
def test_a_model_calls_tools_if_that_helps_it_or_is_set(
    monkeypatch: pytest.MonkeyPatch, setting: str, measured: bool, calls: bool
) -> None:
    spec = replace(CATALOG[0], tools=measured)
    monkeypatch.setattr(tool_choice, "find_spec", lambda name: spec if name == "measured" else None)
    assert may_call_tools(setting, "measured", CallingGenerator("")) == calls  # type: ignore[arg-type]
    assert may_call_tools(setting, "another", CallingGenerator("")) == (setting == "on")  # type: ignore[arg-type]


def test_tools_that_a_model_cannot_call_are_said_where_they_were_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    assert not may_call_tools("auto", "another", ScriptedGenerator())
    assert caplog.text == ""
    assert not may_call_tools("on", "another", ScriptedGenerator())
    assert "The model in use cannot call tools, so it answers without (setting tools)." in caplog.text
