"""Damage documents and read them: `python -m tests.support.fuzzing --seconds 600 [DIR]`.

Each damaged document is read in a process of its own, with limits. One that crashes, hangs or raises anything but a
DocumentError is written to the folder `fuzz-findings` and makes the run fail. DIR adds seeds of your own.
"""

import argparse
import io
import os
import random
import resource
import select
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import openpyxl

from ingest.readers.recognition import onnx_models
from ingest.readers.registry import reader_for
from rag.errors import DocumentError
from rag.types import Page
from tests.support.documents.pdfs import Words, write_words
from tests.support.documents.sample_documents import (
    paragraph,
    word_table,
    write_docx,
    write_epub,
    write_odf,
    write_pptx,
)

_MAIL = b"From: a@b.c\nSubject: =?utf-8?q?J=C3=BC?=\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nText\n--B--\n"
_HTML = b"<!doctype html><title>T</title><h1>A</h1><table><tr><th>B<th>C<tr><td colspan=2>d<td>e</table><ul><li>f</ul>"
_TEXTS = {
    "a.eml": _MAIL,
    "a.html": _HTML,
    "a.xml": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a><title>T</title><d>e &b; <f>g</f></d></a>",
    "a.rtf": rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Text \'e9\u8364? {\b bold}\par}",
    "a.csv": 'Name;Town\n"A; b";Zürich\n'.encode("cp1252"),
    "a.rst": b"Title\n=====\n\nPart\n----\n\ntext\n",
    "a.txt": "Grüße, мир, 世界".encode("utf-16"),
}
_MAX_SECONDS = 30
_MAX_BYTES = 2_000_000_000
_INTERESTING = (
    b"\x00",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"-1",
    b"99999999999",
    b"<",
    b">>",
    b"&x;",
    b"%s",
)


def seeds(folder: Path) -> dict[str, bytes]:
    """Write a small document of every family; return their contents by file name."""
    workbook = openpyxl.Workbook()
    for row in (["Name", "Town", "Sum"], ["Ann", "Rome", 1.5], ["Bob", "Oslo", None]):
        workbook.active.append(row)
    workbook.save(folder / "a.xlsx")
    write_words(
        folder / "a.pdf",
        [[Words(60, 700 - 14 * at, f"Line {at} of page {page}") for at in range(20)] for page in range(3)],
    )
    write_docx(folder / "a.docx", paragraph("Head", "H1") + word_table(("A", "B", "C"), ("1", "2", "3")), styles="")
    write_pptx(folder / "a.pptx", [[("title", "T"), ("body", "one")], [("body", "two")]])
    write_odf(folder / "a.odt", "text", "<text:h text:outline-level='1'>H</text:h><text:p>p</text:p>")
    write_epub(folder / "a.epub", {"one.xhtml": "<h1>One</h1><p>text</p>"})
    return {**{path.name: path.read_bytes() for path in sorted(folder.iterdir())}, **_TEXTS}


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return the document with random damage; in an archive sometimes to one part, which is packed again."""
    if data.startswith(b"PK") and chance.random() < 0.7:
        return _damaged_part(data, chance)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        data = _damaged_once(data, chance)
    return data


def _damaged_part(data: bytes, chance: random.Random) -> bytes:
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as other:
            names = archive.namelist()
            chosen = chance.choice(names)
            for name in names:
                part = archive.read(name)
                if name == chosen and chance.random() < 0.1:
                    continue
                other.writestr(name, damaged(part, chance) if name == chosen else part)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError):
        return _damaged_once(data, chance)
    return out.getvalue()


def _damaged_once(data: bytes, chance: random.Random) -> bytes:
    at, to = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
    to = min(to, at + 4096)
    match chance.randrange(6):
        case 0:
            return data[:at] + chance.randbytes(chance.randint(1, 8)) + data[at + 1 :]
        case 1:
            return data[:at] + chance.choice(_INTERESTING) + data[at + 1 :]
        case 2:
            return data[:at] + data[to:]
        case 3:
            return data[:to] + data[at:to] * chance.choice((1, 2, 50)) + data[to:]
        case 4:
            return data[:at]
        case _:
            flipped = bytearray(data[at : at + 1])
            flipped[:] = bytes(byte ^ (1 << chance.randrange(8)) for byte in flipped)
            return data[:at] + bytes(flipped) + data[at + 1 :]


def outcome(path: Path) -> str:
    """Read a file and return "read" or "refused"; anything else raises."""
    try:
        pages = list(reader_for(path, path.name).read(path))
    except DocumentError:
        return "refused"
    check(pages)
    return "read"


def check(pages: list[Page]) -> None:
    """Check what must hold of the pages of any document."""
    assert [page.number for page in pages] == list(range(1, len(pages) + 1)), "pages are numbered from 1"
    for page in pages:
        assert bool(page.text) == (page.state in ("ready", "ocr")), f"page {page.number}: {page.state}"
        assert page.text or page.note, "a page without text says why"
        page.text.encode()


def cases(inputs: dict[str, bytes], chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield damaged documents without end, now and then under another one's name."""
    names = sorted(inputs)
    while True:
        name = chance.choice(names)
        shown = name if chance.random() < 0.9 else chance.choice(names)
        yield shown, damaged(inputs[name], chance)


def without_ocr() -> None:
    """Disable OCR, which takes seconds to find no text in a damaged image."""
    onnx_models.is_available = lambda: False


def in_a_process(path: Path) -> str:
    """Return the outcome of reading a file in a process: "read", "refused", "hangs", or how it died."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_AS, (_MAX_BYTES, _MAX_BYTES))
        try:
            result = outcome(path)
        except BaseException as error:  # noqa: BLE001  the finding itself
            result = f"raised {type(error).__name__}: {error}"
        os.write(writing, result.encode(errors="replace")[:500])
        os._exit(0)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], _MAX_SECONDS)
    result = os.read(reading, 500).decode(errors="replace") if ready else "hangs"
    os.close(reading)
    if not ready:
        os.kill(child, 9)
    status = os.waitpid(child, 0)[1]
    return result or f"died with status {status}"


def main() -> None:
    """Fuzz for a while and print the findings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    findings = Path("fuzz-findings")
    without_ocr()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        inputs = seeds(Path(scratch))
        for path in sorted(options.folder.rglob("*")) if options.folder else []:
            if path.is_file() and path.stat().st_size < 300_000:
                inputs[path.name] = path.read_bytes()
        started = time.monotonic()
        for name, data in cases(inputs, random.Random(options.seed)):
            if time.monotonic() - started > options.seconds:
                break
            place = Path(scratch) / name
            place.write_bytes(data)
            result = in_a_process(place)
            counts[result.partition(":")[0]] += 1
            if result not in ("read", "refused"):
                findings.mkdir(exist_ok=True)
                (findings / f"{sum(counts.values())}-{name}").write_bytes(data)
                sys.stdout.write(f"{sum(counts.values())}-{name}\t{result}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{dict(counts)}\n")
    sys.exit(not set(counts) <= {"read", "refused"})


if __name__ == "__main__":
    main()
