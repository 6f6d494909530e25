"""Where the checkout and its sample documents are."""

from rag.settings import find_checkout

_CHECKOUT = find_checkout()
assert _CHECKOUT, "tests run from a checkout"

ROOT = _CHECKOUT
SAMPLES = ROOT / "data" / "documents"
SHARED_DOCUMENTS = ROOT.parent / "shared" / "data" / "documents"
"""Real files of many kinds that are no part of the repository; tests that use them skip where they are missing."""
