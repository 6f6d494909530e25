"""The page has its panes, and the settings panel shows the app's own settings as defaults."""

import re

from rag.settings import load_settings
from web.layout import settings_panel


def field(panel: str, name: str) -> str:
    found = re.search(rf'<(?:input|select|textarea) id="cw-set-{name}"[^>]*>', panel)
    assert found
    return found.group()


def test_fields_show_the_defaults() -> None:
    panel = settings_panel(load_settings(seed=None, top_k=7, strictness=0.333), ["tiny"])
    assert 'placeholder="7"' in field(panel, "top_k")
    assert 'placeholder="by chance"' in field(panel, "seed")
    assert 'value="0.33"' in field(panel, "strictness")
    assert 'placeholder="7"' in field(settings_panel(load_settings(seed=7), ["tiny"]), "seed")


def test_the_kind_of_answers_follows_the_temperature() -> None:
    cold, warm = (settings_panel(load_settings(temperature=t), ["tiny"]) for t in (0.0, 0.4))
    assert re.findall(r'value="(\w+)" checked', cold) == ["deterministic"]
    assert re.findall(r'value="(\w+)" checked', warm) == ["stochastic"]
    assert 'placeholder="0.7"' in field(cold, "temperature"), "suggested"
    assert 'placeholder="0.4"' in field(warm, "temperature")


def test_the_first_model_is_the_default_and_names_are_escaped() -> None:
    panel = settings_panel(load_settings(), ["tiny", '"><script>'])
    assert '<option value="">tiny</option>' in panel
    assert '<option value="&#34;&gt;&lt;script&gt;">&#34;&gt;&lt;script&gt;</option>' in panel
