"""Pages without scripts are light or dark as a cookie says, and as the system is where it says nothing."""

import pytest
from starlette.datastructures import Headers

from web.rendering.page_theme import COOKIE, current_theme, in_theme, theme_of
from web.rendering.templates import render


@pytest.mark.parametrize(
    ("cookie", "theme"),
    [
        (f"{COOKIE}=dark", "dark"),
        (f"other=1; {COOKIE}=light; third=2", "light"),
        (f"{COOKIE}=", ""),
        (f"{COOKIE}=system", ""),
        (f'{COOKIE}="<script>"; ;;\x01=', ""),
        ("=" * 5000, ""),
        ("", ""),
    ],
)
def test_a_cookie_of_ours_names_the_theme_and_junk_is_passed_over(cookie: str, theme: str) -> None:
    assert theme_of(Headers({"cookie": cookie})) == theme


def test_the_theme_is_put_into_the_page_that_is_made_meanwhile() -> None:
    with in_theme("dark"):
        assert 'data-theme="dark">' in render("message.html", message="No.")
    assert current_theme() == ""
    assert "data-theme=" not in render("message.html", message="No.").partition("<head>")[0]
