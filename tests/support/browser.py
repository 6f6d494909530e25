"""Find a Chromium. `python -m tests.support.browser` exits with 0 if there is one, else with 1."""

import os
import shutil
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str | None:
    """Return CHROMIUM_PATH, or the path of the system's Chromium or of the one Playwright fetched."""
    for candidate in (os.environ.get("CHROMIUM_PATH"), *(shutil.which(name) for name in NAMES)):
        if candidate:
            return candidate
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


if __name__ == "__main__":
    sys.exit(0 if chromium() else 1)
