"""Convert a language model to the form it is loaded in: once, in a child process, kept on disk.

A GGUF file is unpacked (loading one through transformers takes about a minute for 1.5B parameters, every time); for a
CPU the weights are quantised to four and eight bits (`block_checkpoint`) or to int8. Conversion needs several
gigabytes, which a child process gives back.

The quantised weights are loaded again and their logits compared with the original's. Where few bits everywhere cost
too much, there are more, or only attention and feed-forward blocks get them; a model that is still too far off stays in
bfloat16.
"""

import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from rag.errors import ModelError
from rag.models.catalog import BLOCK_INDEX, BLOCK_WEIGHTS, ENGINE_RECORD, WeightFormat
from rag.models.converted_sums import changed, verify_sums, write_sums
from rag.models.e5_file import UNPACKED
from rag.models.folder_access import hold_lock, is_disk_full
from rag.models.memory_needs import require_memory_to_convert
from rag.runtime.atomic_write import written_whole
from rag.runtime.child_process import end_with, import_environment, module_command
from rag.runtime.progress import Progress, no_progress

log = logging.getLogger(__name__)

_FOLDERS: dict[WeightFormat, str] = {"int4": "int4-1", "int8": "int8-3", "bfloat16": "bfloat16"}
"""Name of the converted folder of each format. A new layout gets a new name, and is tried again where an older one did
not suit.
"""

_OUTDATED = ("int8", "int8-2")
"""Folders that a conversion to a quantised format takes the place of."""

_UNSUITABLE_RECORD = "{}-unsuitable.txt"
"""File that says why a model's weights stay in bfloat16, by the name of the folder they would be in."""

_UNSUITABLE = 3
"""Exit code of a conversion whose result differs too much."""

_KILLED = -9

_FAILURES = (
    *(OSError, SafetensorError, ModelError, MemoryError, ImportError),
    *(RuntimeError, ValueError, KeyError, TypeError, AttributeError),
)
"""What the libraries raise for a model that cannot be converted, or a machine that cannot do it."""


def ensure_converted(source: Path, home: Path, weights: WeightFormat, report: Progress = no_progress) -> Path:
    """Return the folder of the converted `source` (GGUF file or model folder) below `home`; convert it first if needed.

    A model that the format does not suit is returned in bfloat16: a folder as it is, a GGUF file unpacked.

    Raises:
        ModelError: the model cannot be converted, or the disk is full. Nothing half-written remains.
    """
    target, unsuitable = _places(home, weights)
    if not target.is_dir() and not unsuitable.is_file():  # seen without the lock: the folder may be only readable
        _convert_once(source, home, weights, report)
    if target.is_dir():
        return target
    return ensure_converted(source, home, "bfloat16", report) if source.is_file() else source


def _places(home: Path, weights: WeightFormat) -> tuple[Path, Path]:
    """Return the folder of a format, which appears whole, and the record that the model does not suit it."""
    return home / _FOLDERS[weights], home / _UNSUITABLE_RECORD.format(_FOLDERS[weights])


def _convert_once(source: Path, home: Path, weights: WeightFormat, report: Progress) -> None:
    target, unsuitable = _places(home, weights)
    with hold_lock(home, ".convert.lock"):
        if not target.is_dir() and not unsuitable.is_file():  # another process may have converted it meanwhile
            try:
                with written_whole(target) as partial:
                    _run_conversion(source, partial, weights, report)
                    write_sums(partial)
            except _UnsuitableError as error:
                unsuitable.write_text(str(error))
                log.warning("%s stays in bfloat16, twice as large and slower: %s.", source.name, error)
            for name in _OUTDATED if weights != "bfloat16" else ():
                shutil.rmtree(home / name, ignore_errors=True)


def converted_folders(home: Path) -> list[Path]:
    """Return the folders below `home` that a model can be loaded from, as far as this Citewell made them."""
    return [folder for name in sorted((*_FOLDERS.values(), UNPACKED)) if (folder := home / name).is_dir()]


def verify_converted(folder: Path, report: Progress = no_progress) -> str:
    """Compare the files of a converted folder with the sums of its conversion; return a sentence that says what was.

    Raises:
        ModelError: a file is missing or differs; the message names it.
    """
    if verify_sums(folder, report):
        return "every file matches the sum that was written when it was converted"
    renew = f"To have sums of all files, remove {folder}: it is converted anew when it is next loaded"
    if not (folder / BLOCK_INDEX).is_file():
        return f"not checked, since it was converted before sums were kept. {renew}"
    report(f"checking {folder.name}/{BLOCK_WEIGHTS}", 0, 0)
    try:
        is_checked = _verify_blocks(folder)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise changed(folder / BLOCK_WEIGHTS) from error
    said = "the weights match their checksum" if is_checked else "not checked: that needs Citewell's kernels"
    return f"{said}; it was converted before the sums of all files were kept. {renew}"


def _verify_blocks(folder: Path) -> bool:
    """Compare weights in blocks with their own checksum; return False where the kernels that compute it are missing."""
    from rag.models.kernels.block_checkpoint import check
    from rag.models.kernels.kernel_library import instruction_level

    if not instruction_level():
        return False
    check(folder)
    return True


class _UnsuitableError(Exception):
    """In the wanted format the model's output differs too much from the original's."""


def _run_conversion(source: Path, out: Path, weights: WeightFormat, report: Progress) -> None:
    require_memory_to_convert(source, weights)
    command = module_command(__name__, str(source), str(out), weights, str(os.getpid()))
    task = f"converting {source.name} to {weights} (once)"
    last_line = ""
    report(task, 0, 0)
    with subprocess.Popen(  # noqa: S603  our own
        command,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**import_environment(), "HF_HUB_OFFLINE": "1"},  # nothing that a model names is fetched
    ) as process:
        assert process.stderr is not None  # noqa: S101  PIPE above
        for line in process.stderr:  # universal newlines: each redraw of transformers' progress bar is a line
            if percent := re.search(r"(\d+)%\|", line):
                report(task, int(percent.group(1)), 100)
            elif line.strip():
                last_line = line.strip()
    if process.returncode == _UNSUITABLE:
        raise _UnsuitableError(last_line)
    if process.returncode != 0:
        raise ModelError(
            f"{source.name} could not be converted: {_reason(process.returncode, last_line)}. "
            "Free memory or disk if it ran short, or choose another model: '--model tiny' needs 1 GB of memory "
            "and 0.2 GB of disk."
        )


def _reason(code: int, last_line: str) -> str:
    """Return why a conversion failed; a signal left it no time to say so, and its last line is about something else."""
    if code == _KILLED:
        return "the system ended it (signal 9), most likely for want of memory"
    return f"it was ended by signal {-code}" if code < 0 else last_line or f"exit code {code}"


def _convert(source: Path, out: Path, weights: WeightFormat) -> None:
    from transformers import AutoTokenizer

    from rag.models.causal_lm import load_whole
    from rag.models.gguf_unpacking import quicken_gguf
    from rag.models.kernels.quantised_copy import write_quantised

    is_gguf = source.is_file()
    if is_gguf:
        quicken_gguf()
    folder, gguf = (source.parent, source.name) if is_gguf else (source, None)
    named = {"gguf_file": gguf} if gguf else {}
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False, **named)
    model = load_whole(folder, gguf=gguf)
    out.mkdir(parents=True)
    if is_gguf:
        del model.config.quantization_config
    model.config.save_pretrained(out)
    model.generation_config.save_pretrained(out)
    tokenizer.save_pretrained(out)
    (out / ENGINE_RECORD).write_text("{}")  # to be filled when the model is first run
    if weights == "bfloat16":
        _write_bfloat16(model, out)
    elif not write_quantised(model, tokenizer, out, weights, keeps_more=is_gguf):
        raise _UnsuitableError(f"its logits in {weights} differ too much from the original's")


def _write_bfloat16(model: Any, out: Path) -> None:
    """Write the weights one by one: transformers refuses to save a model read from GGUF, even unpacked."""
    from safetensors.torch import save_file

    tied = {"lm_head.weight"} if model.config.tie_word_embeddings else set()
    state = {name: tensor for name, tensor in model.state_dict().items() if name not in tied}
    save_file(state, out / "model.safetensors", metadata={"format": "pt"})


def _main() -> int:
    from rag.models.causal_lm import brief

    source, out = map(Path, sys.argv[1:3])
    end_with(int(sys.argv[4]))
    try:
        _convert(source, out, next(weights for weights in _FOLDERS if weights == sys.argv[3]))
    except _UnsuitableError as error:
        sys.stderr.write(f"{error}\n")
        return _UNSUITABLE
    except _FAILURES as error:
        sys.stderr.write("the disk is full\n" if is_disk_full(error) else f"{brief(error)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
