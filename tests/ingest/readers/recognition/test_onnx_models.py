"""A model is loaded only if it is the very file that its hash names."""

from pathlib import Path

import pytest

from ingest.readers.recognition import onnx_models
from rag.errors import DocumentError


@pytest.mark.parametrize("content", [b"something else", None])
def test_a_changed_or_missing_model_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    path = tmp_path / "model.onnx"
    if content:
        path.write_bytes(content)
    monkeypatch.setattr(onnx_models, "_path", lambda _model: path if content else None)
    with pytest.raises(DocumentError, match="missing or changed; to recognise text"):
        onnx_models.session(onnx_models.Model("model.onnx", "0" * 64))


def test_without_the_package_nothing_is_available(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_models, "_PACKAGE", "no_such_package")
    assert not onnx_models.is_available()
