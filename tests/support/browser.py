"""Find a Chromium. `python -m tests.support.browser` exits with 0 if there is one, else with 1."""

import os
import shutil
import sys
from pathlib import Path

WHOLE = ("chromium", "chromium-browser", "google-chrome")
SHELL = "chromium-headless-shell"


def chromium(*, light: bool = False) -> str | None:
    """Return CHROMIUM_PATH, or the path of the system's Chromium or of the one Playwright fetched.

    If it may be `light`, the headless shell is preferred: it loads a page in two thirds of the time. What is measured
    for people is measured in the browser that they have.
    """
    names = (SHELL, *WHOLE) if light else (*WHOLE, SHELL)
    for candidate in (os.environ.get("CHROMIUM_PATH"), *map(shutil.which, names)):
        if candidate:
            return candidate
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


if __name__ == "__main__":
    sys.exit(0 if chromium() else 1)
