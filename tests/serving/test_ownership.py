"""Each user reaches their own documents and uploads, and cannot tell whether those of others exist."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.pipeline import Ingestor
from ingest.web.web_ingestor import WebIngestor
from rag.errors import AccessError
from rag.settings import load_settings
from rag.stores.sqlite_library import SqliteLibrary
from serving.ownership import document_of, documents_of, upload_of
from serving.uploads import Uploads


def test_documents_are_found_by_their_owner_only(library: SqliteLibrary, store_text: Callable[..., int]) -> None:
    id_ = store_text("a.txt", "Good words.")
    assert document_of(library, "", id_).name == "a.txt"
    assert [document.id for document in documents_of(library, "")] == [id_]
    assert documents_of(library, "ann") == []
    refusals = []
    for owner, asked in (("ann", id_), ("", id_ + 1), ("", 10**30), ("", -(10**30))):
        with pytest.raises(AccessError) as refused:
            document_of(library, owner, asked)
        refusals.append(str(refused.value))
    assert len(set(refusals)) == 1


def test_uploads_are_found_by_their_owner_only(ingestor: Ingestor, tmp_path: Path) -> None:
    uploads = Uploads(ingestor, WebIngestor(ingestor, load_settings()), tmp_path / "files", lambda: None)
    upload = uploads.reject("ann", "a.txt", "too large")
    assert upload_of(uploads, "ann", upload.id) == upload
    for owner, id_ in (("bob", upload.id), ("ann", upload.id + 1)):
        with pytest.raises(AccessError, match="not among your uploads"):
            upload_of(uploads, owner, id_)
