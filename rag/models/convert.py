"""Unpacks a GGUF file into a folder that transformers loads in seconds: done once, kept beside the file.

Loading a GGUF through transformers unpacks its weights and rebuilds its tokenizer every time (about a minute for
1.5B parameters); the converted folder is memory-mapped. The work runs in a process of its own: it peaks at several
gigabytes, and this way they go back to the system.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from rag.errors import ModelError
from rag.models.carriers import is_disk_full
from rag.models.fetch import Report, silent

CONVERTED = "bfloat16"
"""Name of the converted folder; a new format gets a new name, so an old copy is never mistaken for it."""


def converted(folder: Path, gguf: str, report: Report = silent) -> Path:
    """The converted form of `folder/gguf`, made first where it is missing.

    Raises:
        ModelError: the file cannot be converted, or the disk is full. Nothing half-written is left.
    """
    target = folder / CONVERTED
    with FileLock(folder / ".convert.lock"):
        if not target.is_dir():
            partial = folder / f".{CONVERTED}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            try:
                _run_conversion(folder / gguf, partial, report)
                partial.rename(target)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
    return target


def _run_conversion(gguf: Path, out: Path, report: Report) -> None:
    command = [sys.executable, "-m", "rag.models.convert", str(gguf), str(out)]
    what = f"unpacking {gguf.name} (once)"
    complaint = ""
    report(what, 0, 0)
    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        assert process.stderr is not None  # noqa: S101  PIPE above
        for line in process.stderr:  # universal newlines: every redraw of transformers' bar is a line
            if percent := re.search(r"(\d+)%\|", line):
                report(what, int(percent.group(1)), 100)
            elif line.strip():
                complaint = line.strip()
    if process.returncode != 0:
        raise ModelError(
            f"{gguf.name} could not be converted: {complaint or f'exit code {process.returncode}'}. "
            "Conversion of the default model needs 6 GB of memory and 3.6 GB of disk; "
            "'--model tiny' needs 1 GB and 0.3 GB."
        )


def _convert(gguf: Path, out: Path) -> None:
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name, dtype=torch.bfloat16)
    # transformers refuses save_pretrained() on a model read from GGUF, even unpacked, so the parts are saved singly.
    tied = {"lm_head.weight"} if model.config.tie_word_embeddings else set()
    weights = {name: tensor for name, tensor in model.state_dict().items() if name not in tied}
    out.mkdir(parents=True)
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    del model.config.quantization_config
    model.config.save_pretrained(out)
    model.generation_config.save_pretrained(out)
    tokenizer.save_pretrained(out)


def _main() -> int:
    gguf, out = map(Path, sys.argv[1:3])
    try:
        _convert(gguf, out)
    except OSError as error:
        sys.stderr.write("the disk is full\n" if is_disk_full(error) else f"{error}\n")
        return 1
    except (ImportError, MemoryError, RuntimeError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
