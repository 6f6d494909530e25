"""Gradio is imported without writing stubs for editors, and works."""

import os
import subprocess
import sys

from tests.support.paths import ROOT

_PROGRAM = """
import ast
from web.gradio_import import without_type_stubs
def refuse(*_): raise AssertionError("a stub is written")
ast.get_source_segment = refuse
with without_type_stubs():
    import gradio
with gradio.Blocks() as page:
    gradio.Textbox("there").change(print)
print(page.config["components"][0]["props"]["value"])
"""


def test_gradio_is_imported_without_reading_its_own_source() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout == "there\n", done.stderr
