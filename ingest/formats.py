"""What can be read: each format with its name and the endings of its files.

`ingest.readers.registry` has the readers, which only processes of their own import.
"""

from dataclasses import dataclass

LIGHT_MARKUP = frozenset({".rst", ".org", ".adoc"})
MARKDOWN = frozenset({".md", ".markdown"})
CODE = frozenset(
    f".{name}"
    for name in """py pyi js mjs ts tsx jsx java kt scala c h cc cpp hpp cs go rs rb php swift m jl r lua pl sh bash ps1
    sql proto graphql css scss vue toml yaml yml ini cfg conf json jsonl ipynb tex bib log diff patch cmake gradle
    dockerfile makefile""".split()
)


@dataclass(frozen=True, slots=True)
class Format:
    """A format: `name` is the user's word for such a file; `suffixes` are in lower case.

    `version` is increased when the same file would give other pages.
    """

    name: str
    suffixes: frozenset[str]
    version: int


def _format(name: str, version: int, suffixes: str) -> Format:
    return Format(name, frozenset(suffixes.split()), version)


FORMATS: dict[str, Format] = {
    "pdf": _format("PDF", 5, ".pdf"),
    "docx": _format("Word document", 2, ".docx .docm .dotx"),
    "pptx": _format("presentation", 2, ".pptx .pptm .ppsx"),
    "xlsx": _format("workbook", 2, ".xlsx .xlsm .xltx"),
    "odf": _format("OpenDocument file", 2, ".odt .ods .odp .ott .fodt .fods .fodp"),
    "epub": _format("EPUB book", 2, ".epub"),
    "html": _format("HTML page", 3, ".html .htm .xhtml"),
    "xml": _format("XML file", 2, ".xml"),
    "eml": _format("message", 3, ".eml"),
    "msg": _format("Outlook message", 2, ".msg"),
    "rtf": _format("RTF document", 2, ".rtf"),
    "csv": _format("CSV table", 3, ".csv .tsv .tab"),
    "doc": _format("old Word document", 2, ".doc .dot"),
    "ppt": _format("old presentation", 2, ".ppt .pps"),
    "xls": _format("old workbook", 2, ".xls"),
    "text": Format("text", LIGHT_MARKUP | MARKDOWN | CODE | {".txt", ".text"}, 4),
    "image": _format("image", 2, ".png .jpg .jpeg .tif .tiff .bmp .webp .gif"),
}
"""By what `ingest.readers.detect` calls them. Of those that a suffix fits, the first one counts."""

WEB_PAGE = Format("web page", FORMATS["html"].suffixes, 100 * FORMATS["html"].version + 1)
"""An HTML page of a site, of which the main text is read."""

ENCRYPTED_OFFICE = Format("encrypted Office file", frozenset(), 1)

SUFFIXES: frozenset[str] = frozenset().union(*(each.suffixes for each in FORMATS.values()))
