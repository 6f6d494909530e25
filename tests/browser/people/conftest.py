"""One app with accounts for all tests of a process, and a browser of each of those who use it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from serving.auth_file import Users
from tests.conftest import GOOD_PASSWORD
from tests.support.app_process import scripted
from tests.support.browser_tab import Tab

SECRET = "The code word is xylophone."
LONG = "a-name-of-sixty-four-letters".ljust(64, "x")
PEOPLE = ("ann", "bob", "dan", "eve")


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("people")
    users = Users(folder / "users.json")
    for name in (*PEOPLE, LONG):
        users.add(name, GOOD_PASSWORD)
    with scripted(folder, SECRET, auth_file=str(users.path)) as url:
        yield url


@pytest.fixture(scope="session")
def browsers(chromium: Browser) -> Iterator[dict[str, BrowserContext]]:
    """Yield a browser of each user, which fetches the page's files once."""
    made = {name: chromium.new_context(viewport={"width": 1400, "height": 900}) for name in PEOPLE}
    yield made
    for each in made.values():
        each.close()


def sign_in(browser: BrowserContext, address: str, name: str, *, query: str = "") -> Tab:
    """Sign in, in a new tab of a user's own browser."""
    browser.clear_cookies()
    for page in browser.pages:
        page.close()
    tab = Tab(browser.new_page())
    tab.page.goto(f"{address}/{query}")
    tab.page.get_by_label("Name").fill(name)
    tab.page.get_by_label("Password").fill(GOOD_PASSWORD)
    tab.page.get_by_role("button", name="Sign in").click()
    expect(tab.page.locator("#cw-question textarea")).to_be_visible()
    expect(tab.page.locator("#cw-upload input[type=file]")).to_be_enabled()
    return tab
