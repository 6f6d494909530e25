"""Where the checkout and its sample documents are, and where tests keep their models."""

import os
from pathlib import Path

from rag.settings import find_checkout

_CHECKOUT = find_checkout()
assert _CHECKOUT, "tests run from a checkout"

ROOT = _CHECKOUT
SAMPLES = ROOT / "data" / "documents"
SHARED_DOCUMENTS = ROOT.parent / "shared" / "data" / "documents"
"""Real files of many kinds that are no part of the repository; tests that use them skip where they are missing."""


def _models_folder() -> Path:
    """Return the folder of models that all clones on this machine share, so that each is downloaded once."""
    if "CITEWELL_MODELS" in os.environ:
        return Path(os.environ["CITEWELL_MODELS"])
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return cache / "citewell" / "models"


MODELS = _models_folder()
