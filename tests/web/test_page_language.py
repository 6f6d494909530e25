"""The page is in the language of the cookie, else of the browser, else in English, whatever a request says."""

from types import SimpleNamespace

import pytest
from starlette.datastructures import Headers

from rag.text.message_catalogues import LANGUAGES
from web.page_language import (
    COOKIE,
    current_language,
    decimal,
    direction,
    gettext,
    in_language,
    language_of,
    language_of_event,
    ngettext,
    own_name,
)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("pt-BR,pt;q=0.9,fr;q=0.7,en;q=0.8", "en"),
        ("zh-Hans-CN", "zh"),
        ("AR-eg ; q=1", "ar"),
        ("en;q=0.1, es", "es"),
        ("fr;q=0, de;q=0.5", "de"),
        ("it", "en"),
        ("", "en"),
        ("*", "en"),
        ("de;q=many, ;;;=,, \x00", "en"),
        ("x" * 100_000 + ",de", "en"),
    ],
)
def test_it_is_the_first_that_the_browser_accepts_and_there_is(accepted: str, language: str) -> None:
    assert language_of(Headers({"accept-language": accepted})) == language


@pytest.mark.parametrize(
    ("cookie", "language"),
    [
        (f"{COOKIE}=ar", "ar"),
        (f"other=1; {COOKIE}=es; third=2", "es"),
        (f"{COOKIE}=en", "en"),
        (f"{COOKIE}=", "de"),
        (f"{COOKIE}=xx", "de"),
        (f"{COOKIE}=../../de", "de"),
        (f'{COOKIE}="<script>"; ;;\x01=', "de"),
        ("=" * 5000, "de"),
    ],
)
def test_a_cookie_of_ours_goes_before_and_junk_is_passed_over(cookie: str, language: str) -> None:
    assert language_of(Headers({"accept-language": "de", "cookie": cookie})) == language


def test_gradio_hands_the_headers_on_as_it_likes() -> None:
    assert language_of_event(SimpleNamespace(headers={"accept-language": "fr"})) == "fr"
    assert language_of_event(SimpleNamespace(headers=None)) == "en"
    assert language_of_event(SimpleNamespace()) == "en"


def test_texts_and_numbers_are_in_the_current_language() -> None:
    assert (gettext("Sources"), decimal(1234.5, 1)) == ("Sources", "1,234.5")
    with in_language("de"):
        assert (gettext("Sources"), decimal(1234.5, 1), decimal(1234)) == ("Quellen", "1.234,5", "1.234")
        assert ngettext("{number} page, {size}", "{number} pages, {size}", 2) == "{number} Seiten, {size}"
    assert current_language() == "en"


def test_each_language_has_a_direction_and_calls_itself_by_a_name() -> None:
    assert [language for language in LANGUAGES if direction(language) == "rtl"] == ["ar"]
    assert own_name("de") == "Deutsch"
    assert own_name("fr") == "Français"
    assert len({own_name(language) for language in LANGUAGES}) == len(LANGUAGES)
