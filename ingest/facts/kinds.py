"""Tell what kind of document something is: by its format, then by its title and the words of its first pages (pure)."""

from ingest.facts.kind_words import CHINESE_TITLES, TEXTS, TITLES
from ingest.facts.opening import Opening
from rag.text.document_names import readable_name

_BY_SUFFIX = {
    "mail": "eml msg mbox",
    "slides": "pptx ppt odp pptm ppsx",
    "spreadsheet": "xlsx xls ods csv tsv xlsm xlsb",
    "book": "epub",
}
_SUFFIX_KINDS = {suffix: kind for kind, suffixes in _BY_SUFFIX.items() for suffix in suffixes.split()}
_WEB = ("html", "htm", "mhtml", "xhtml")
_OPENING = 8_000
_ENOUGH = 3
"""Score from which a text is of a kind; a title that names the kind has it alone."""


def kind_of(name: str, title: str, opening: Opening) -> str:
    """Return a kind of `rag.text.facets.KINDS`."""
    suffix = name.lower().rpartition(".")[2]
    if kind := _SUFFIX_KINDS.get(suffix):
        return kind
    scores: dict[str, int] = {}
    text = opening.text[:_OPENING]
    for kind, weight, pattern in TEXTS:
        if pattern.search(text):
            scores[kind] = scores.get(kind, 0) + weight
    if kind := _named_kind(title) or _named_kind(readable_name(name)):
        scores[kind] = scores.get(kind, 0) + _ENOUGH
    best = max(scores, key=lambda kind: scores[kind], default="")
    if best and scores[best] >= _ENOUGH:
        return best
    return "article" if suffix in _WEB else "other"


def _named_kind(title: str) -> str:
    """Return the first kind whose words a title has; "" if it has none."""
    found = next((kind for kind, pattern in TITLES if pattern.search(title)), "")
    return found or next((kind for kind, pattern in CHINESE_TITLES if pattern.search(title)), "")
