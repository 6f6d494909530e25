"""The models are those named by their hashes, from whichever package brings them, or none."""

from pathlib import Path

import numpy as np
import pytest

from ingest.readers.blocks.pages import clean_text
from ingest.readers.recognition import onnx_models
from rag.errors import DocumentError
from rag.text.sanitize import strip_invisible
from tests.support.documents.scans import needs_recognition


@needs_recognition
def test_the_transcriber_knows_latin_and_chinese_and_writes_nothing_invisible() -> None:
    alphabet = onnx_models.alphabet()
    assert {"a", "Z", "é", "ß", "中", "の", " "} <= set(alphabet)
    assert alphabet[0] == ""
    assert all(character == " " or clean_text(strip_invisible(character)[0]) == character for character in alphabet)
    assert onnx_models.steps(np.zeros((48, 64, 3), np.float32)).shape[1] == len(alphabet)


@needs_recognition
def test_a_blank_picture_has_no_pixels_of_text() -> None:
    assert onnx_models.probabilities(np.ones((64, 96, 3), np.float32)).max() < 0.3


def test_a_changed_model_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "model.onnx"
    changed.write_bytes(b"something else")
    monkeypatch.setattr(onnx_models, "_files", lambda _digest: [changed])
    onnx_models._session.cache_clear()
    with pytest.raises(DocumentError, match="missing or changed; to recognise text"):
        onnx_models.probabilities(np.ones((32, 32, 3), np.float32))
    onnx_models._session.cache_clear()
