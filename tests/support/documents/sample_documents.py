"""Write small real documents of other formats, and hostile ones."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
from msoffcrypto.format.ooxml import OOXMLFile

from ingest.readers.registry import reader_for
from rag.types import Page

_COMPRESS: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"


def write_file(path: Path, content: str | bytes) -> Path:
    """Write a file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read_pages(path: Path, password: str | None = None) -> list[Page]:
    """Return the pages of any document, by the reader chosen for it."""
    return list(reader_for(path, path.name).read(path, password))


def write_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """Write a ZIP archive of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def write_tar(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a tar archive of these members, compressed as its suffix says."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    path.write_bytes(_COMPRESS.get(path.suffix, bytes)(plain.getvalue()))
    return path


def relations(*targets: tuple[str, str, str]) -> str:
    """Return a part's relations, given as (id, kind, target)."""
    lines = [
        f'<Relationship Id="{one}" Type="{_RELATIONS}/{kind}" Target="{target}"/>' for one, kind, target in targets
    ]
    return f'<Relationships xmlns="{_PACKAGE}">{"".join(lines)}</Relationships>'


def write_docx(path: Path, body: str, **parts: str) -> Path:
    """Write a Word document with this body and further parts (`comments`, `footnotes`, `styles`, `header`)."""
    wrapped = {
        f"word/{name}.xml": f'<w:{name} xmlns:w="{_WORD}">{content}</w:{name}>' for name, content in parts.items()
    }
    return write_zip(
        path,
        {
            "_rels/.rels": relations(("r1", "officeDocument", "word/document.xml")),
            "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
            "word/_rels/document.xml.rels": relations(*((name, name, f"{name}.xml") for name in parts)),
            **wrapped,
        },
    )


def paragraph(text: str, style: str = "") -> str:
    """Return a paragraph of a Word document."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def word_table(*rows: tuple[str, ...]) -> str:
    """Return a table of a Word document."""
    shown = ["".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in shown)}</w:tbl>"


def write_pptx(path: Path, slides: list[list[tuple[str, str]]]) -> Path:
    """Write a presentation from each slide's shapes, (kind of placeholder, text); its files are numbered backwards."""
    names = [f"slides/slide{len(slides) - at}.xml" for at in range(len(slides))]
    ids = "".join(f'<p:sldId id="{256 + at}" r:id="r{at}"/>' for at in range(len(slides)))
    parts = {
        "_rels/.rels": relations(("r1", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{_SLIDES}" xmlns:r="{_RELATIONS}"><p:sldIdLst>{ids}'
        "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(*((f"r{at}", "slide", name) for at, name in enumerate(names))),
    }
    for name, shapes in zip(names, slides, strict=True):
        drawn = "".join(
            f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>'
            f"<p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
            for kind, text in shapes
        )
        parts[f"ppt/{name}"] = (
            f'<p:sld xmlns:p="{_SLIDES}" xmlns:a="{_DRAWING}"><p:cSld><p:spTree>{drawn}</p:spTree></p:cSld></p:sld>'
        )
    return write_zip(path, parts)


def write_locked_workbook(path: Path, text: str, password: str) -> Path:
    """Write a workbook of one cell that opens with a password."""
    clear = io.BytesIO()
    workbook = openpyxl.Workbook()
    workbook.active.append([text])
    workbook.save(clear)
    with path.open("wb") as out:
        OOXMLFile(clear).encrypt(password, out)
    return path


def write_odf(path: Path, kind: str, content: str) -> Path:
    """Write an OpenDocument file of a kind ("text", "spreadsheet", "presentation")."""
    return write_zip(
        path,
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {_ODF_NAMES}><office:body><office:{kind}>{content}"
            f"</office:{kind}></office:body></office:document-content>",
        },
    )


def write_flat_odf(path: Path, kind: str, content: str, before: str = "") -> Path:
    """Write an OpenDocument file that is one file of XML; `before` stands before its body."""
    document = (
        f"<?xml version='1.0' encoding='UTF-8'?><office:document {_ODF_NAMES}>{before}<office:body>"
        f"<office:{kind}>{content}</office:{kind}></office:body></office:document>"
    )
    return write_file(path, document)


_ODF_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in "text table office draw presentation".split()
)


def write_epub(path: Path, chapters: Mapping[str, str], *, encrypted: str = "") -> Path:
    """Write a book from file names and bodies of its chapters; the table of contents names each after its file."""
    items = "".join(f'<item id="{name}" href="{name}"/>' for name in chapters)
    order = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    links = "".join(f'<a href="{name}">About {name[:-6]}</a>' for name in chapters)
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="b/c.opf"/></rootfiles></container>',
        "b/c.opf": f'<package><manifest>{items}<item id="n" href="nav.xhtml" properties="nav"/></manifest>'
        f"<spine>{order}</spine></package>",
        "b/nav.xhtml": f"<html><body>{links}</body></html>",
        **{f"b/{name}": f"<html><body>{body}</body></html>" for name, body in chapters.items()},
    }
    if encrypted:
        parts["META-INF/encryption.xml"] = f'<e><CipherReference URI="b/{encrypted}"/></e>'
    return write_zip(path, parts)
