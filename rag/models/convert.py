"""Convert a language model to the form it is loaded in: once, in a child process, kept on disk.

A GGUF file is unpacked (loading one through transformers takes about a minute for 1.5B parameters, every time); for a
CPU the weights are quantised to int8. Conversion needs several gigabytes, which a child process gives back.
"""

import re
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from rag.errors import ModelError
from rag.models.catalog import WeightFormat
from rag.models.download_sources import is_disk_full
from rag.runtime.atomic_write import written_whole
from rag.runtime.child_process import import_environment, module_command
from rag.runtime.progress import Progress, no_progress

_FOLDERS: dict[WeightFormat, str] = {"int8": "int8-2", "bfloat16": "bfloat16"}
"""Name of the converted folder of each format. A new layout gets a new name."""


def ensure_converted(source: Path, home: Path, weights: WeightFormat, report: Progress = no_progress) -> Path:
    """Return the folder of the converted `source` (GGUF file or model folder) below `home`; convert it first if needed.

    Raises:
        ModelError: the model cannot be converted, or the disk is full. Nothing half-written remains.
    """
    home.mkdir(parents=True, exist_ok=True)
    target = home / _FOLDERS[weights]
    with FileLock(home / ".convert.lock"):
        if not target.is_dir():
            with written_whole(target) as partial:
                _run_conversion(source, partial, weights, report)
    return target


def _run_conversion(source: Path, out: Path, weights: WeightFormat, report: Progress) -> None:
    command = module_command(__name__, str(source), str(out), weights)
    task = f"converting {source.name} to {weights} (once)"
    last_line = ""
    report(task, 0, 0)
    environment = import_environment()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:  # noqa: S603  our own
        assert process.stderr is not None  # noqa: S101  PIPE above
        for line in process.stderr:  # universal newlines: each redraw of transformers' progress bar is a line
            if percent := re.search(r"(\d+)%\|", line):
                report(task, int(percent.group(1)), 100)
            elif line.strip():
                last_line = line.strip()
    if process.returncode != 0:
        raise ModelError(
            f"{source.name} could not be converted: {last_line or f'exit code {process.returncode}'}. "
            "Conversion of the default model needs 6 GB of memory and 1.8 GB of disk (3.6 GB in bfloat16); "
            "'--model tiny' needs 1 GB and 0.2 GB."
        )


def _convert(source: Path, out: Path, weights: WeightFormat) -> None:
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from rag.models import int8_checkpoint

    is_gguf = source.is_file()
    where = (source.parent, {"gguf_file": source.name}) if is_gguf else (source, {"local_files_only": True})
    tokenizer = AutoTokenizer.from_pretrained(where[0], **where[1])
    model = AutoModelForCausalLM.from_pretrained(where[0], dtype=torch.bfloat16, **where[1])
    out.mkdir(parents=True)
    if weights == "int8":
        int8_checkpoint.save(model, out)
    else:  # transformers refuses save_pretrained() on a model read from GGUF, even unpacked, so each part is saved
        tied = {"lm_head.weight"} if model.config.tie_word_embeddings else set()
        state = {name: tensor for name, tensor in model.state_dict().items() if name not in tied}
        save_file(state, out / "model.safetensors", metadata={"format": "pt"})
    if is_gguf:
        del model.config.quantization_config
    model.config.save_pretrained(out)
    model.generation_config.save_pretrained(out)
    tokenizer.save_pretrained(out)


def _main() -> int:
    source, out = map(Path, sys.argv[1:3])
    try:
        _convert(source, out, "int8" if sys.argv[3] == "int8" else "bfloat16")
    except OSError as error:
        sys.stderr.write("the disk is full\n" if is_disk_full(error) else f"{error}\n")
        return 1
    except (ImportError, MemoryError, RuntimeError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
