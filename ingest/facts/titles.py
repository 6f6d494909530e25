"""A document's title: from its metadata, unless that is a file name or a program's, else as printed (pure)."""

import re
from collections.abc import Mapping

from ingest.facts.junk_titles import bare, is_file_name, is_junk, without_program
from ingest.facts.opening import Opening, tidy
from ingest.facts.printed_titles import printed_title

MAX_TITLE = 300
_SITE = re.compile(r"\s+[|·•–—-]\s+")
_NO_WEB = (".pdf", ".docx", ".doc", ".pptx", ".ppt", ".odt", ".odp", ".rtf", ".epub", ".xlsx", ".ods")
_CORROBORATED = 0.6


def title_of(name: str, metadata: Mapping[str, str], opening: Opening) -> str:
    """Return the title; "" if neither metadata nor the first page has one to rely on."""
    declared, printed = declared_title(name, metadata), printed_title(opening)
    return shorten(_better(name, declared, printed, opening) if declared and printed else declared or printed)


def declared_title(name: str, metadata: Mapping[str, str]) -> str:
    """Return the title in the metadata; "" if it is a file name, a path, a program's, or a placeholder."""
    title = without_program(tidy(metadata.get("title", ""), MAX_TITLE * 2))
    return "" if is_junk(title) or is_file_name(title, name) else title


def shorten(title: str, limit: int = MAX_TITLE) -> str:
    """Return a title that is not longer than the limit, cut at a word."""
    if len(title) <= limit:
        return title
    cut = title[: limit - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[limit // 2 :] else cut).rstrip() + "…"


def _better(name: str, declared: str, printed: str, opening: Opening) -> str:
    """Choose between metadata and the printed title: what the first page confirms, without the site's name."""
    parts = [] if name.lower().endswith(_NO_WEB) else _SITE.split(declared)
    if len(parts) > 1 and any(bare(part) == bare(printed) for part in parts):
        return printed
    confirmed = _share_in(declared, opening.first) >= _CORROBORATED
    return declared if confirmed or not opening.headings or bare(printed) in bare(declared) else printed


def _share_in(title: str, text: str) -> float:
    words = re.findall(r"\w{3,}", title.lower())
    return sum(word in text.lower() for word in words) / len(words) if words else 0.0
