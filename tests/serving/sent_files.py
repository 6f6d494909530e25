"""Send files as a browser does, and wait for what becomes of them."""

from pathlib import Path

from serving.upload_progress import Upload
from serving.uploads import Uploads
from tests.support.documents.pdfs import write_pdf
from tests.support.waiting import until


def accepted(tmp_path: Path) -> list[bytes]:
    """Return the contents of the accepted files that are not ingested."""
    return [path.read_bytes() for path in (tmp_path / "library" / "accepted").glob("*/*")]


def locked_pdf(folder: Path) -> bytes:
    """Return a file that opens with the password "opensesame"."""
    return write_pdf(folder / "locked.pdf", ["The treasure is under the oak."], password="opensesame").read_bytes()


def received(uploads: Uploads, content: bytes, name: str, owner: str = "") -> Path:
    """Return a file that was received and is not accepted yet."""
    file = uploads.incoming() / f"received {owner} {name}"
    file.write_bytes(content)
    return file


def send(uploads: Uploads, content: bytes, name: str, owner: str = "") -> Upload:
    return ended(uploads, uploads.add(owner, name, received(uploads, content, name, owner)))


def ended(uploads: Uploads, upload: Upload) -> Upload:
    over = ("ready", "failed", "locked")

    def found() -> Upload | None:
        return next((u for u in uploads.of(upload.sender) if u.id == upload.id and u.state in over), None)

    return until(found, state=lambda: uploads.of(upload.sender))
