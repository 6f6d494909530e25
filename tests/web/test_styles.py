"""The styles have one source of every measure: colours, spaces, corners, type and durations stand in tokens.css."""

import json
import re
from pathlib import Path

import pytest

import web

STATIC = Path(web.__file__).parent / "static"
TOKENS = STATIC / "styles" / "tokens.css"
OTHERS = sorted(path for path in (STATIC / "styles").glob("*.css") if path != TOKENS)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARATION = re.compile(r"(?P<name>[\w-]+)\s*:\s*(?P<value>[^;{}]+);")


def declarations(path: Path) -> list[tuple[str, str]]:
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    return [(found["name"], " ".join(found["value"].split())) for found in _DECLARATION.finditer(text)]


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.name)
def test_every_token_used_is_there(path: Path) -> None:
    known = {name for name, _ in declarations(TOKENS)} | {"--cw-zoom", "--cw-level"}  # the last two are set by scripts
    used = set(re.findall(r"var\((--cw-[\w-]+)", path.read_text(encoding="utf-8")))
    assert used - known == set()


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


TEXTS = [
    *((text, ground) for text in ("text", "muted") for ground in ("page", "fill", "sunken", "hover")),
    ("accent-text", "accent"),
    ("tint-text", "tint"),
    ("text", "tint"),
    ("muted", "tint"),
    ("text", "mark"),
    ("bad", "fill"),
    ("bad", "bad-fill"),
    ("bad", "sunken"),
    ("doubt", "fill"),
    ("doubt", "doubt-fill"),
]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read_on_its_ground(text: str, ground: str, theme: int) -> None:
    colours = {name: re.findall(r"#[0-9a-f]{6}", value) for name, value in declarations(TOKENS)}
    assert contrast(colours[f"--cw-{text}"][theme], colours[f"--cw-{ground}"][theme]) >= 4.5


def test_the_edge_of_a_field_can_be_seen() -> None:
    colours = {name: re.findall(r"#[0-9a-f]{6}", value) for name, value in declarations(TOKENS)}
    for theme in (0, 1):
        assert contrast(colours["--cw-edge"][theme], colours["--cw-fill"][theme]) >= 3


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons" / "lucide.svg").read_text(encoding="utf-8")))
    files = [*(STATIC.parent / "templates").glob("*.html"), *STATIC.rglob("*.js")]
    named = {name for path in files for name in re.findall(r'\bicon\("([\w-]+)"\)', path.read_text(encoding="utf-8"))}
    assert named
    assert named - sprite == set()


def test_the_manifest_names_icons_that_are_there_and_the_colours_of_the_page() -> None:
    manifest = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["name"] == "Citewell"
    for icon in manifest["icons"]:
        assert (STATIC.parent.parent / icon["src"].replace("citewell/", "web/")).is_file()
    page = dict(declarations(TOKENS))["--cw-page"]
    assert manifest["background_color"] in page
    assert manifest["theme_color"] in page
