"""With its models on the disk, Citewell needs no network: all is done in a network namespace that has only loopback."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rag.models.kernels.checkpoint import best_format
from rag.models.resolve import resolve_model
from tests.support.paths import MODELS, ROOT


def may_unshare() -> bool:
    """Return whether this machine lets us make a network namespace."""
    if not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.model
@pytest.mark.skipif(not may_unshare(), reason="this machine allows no network namespace of one's own (unshare -rn)")
def test_documents_are_taken_in_listed_asked_and_served(tmp_path: Path) -> None:
    resolve_model("minilm", "embedder", MODELS)
    resolve_model("tiny", "generator", MODELS, weights=best_format())
    command = ["unshare", "-rn", sys.executable, "-m", "tests.supply.offline_program", str(tmp_path), str(MODELS)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CITEWELL_")}
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, env={**clean, "PYTHONPATH": str(ROOT)}
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert json.loads((tmp_path / "said.json").read_text()) == {
        "network": False,
        "ingested": ["added"],
        "listed": ["towers.txt"],
        "asked": "How high is the Eiffel tower?",
        "health": 200,
    }
