"""Convert a language model to the form it is loaded in: once, in a child process, kept on disk.

A GGUF file is unpacked (loading one through transformers takes about a minute for 1.5B parameters, every time); for a
CPU the weights are quantised to four and eight bits (`block_checkpoint`) or to int8. Conversion needs several
gigabytes, which a child process gives back.

The quantised weights are loaded again and their logits compared with the original's. Where few bits everywhere cost
too much, there are more, or only attention and feed-forward blocks get them; a model that is still too far off stays in
bfloat16.
"""

import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock

from rag.errors import ModelError
from rag.models.catalog import ENGINE_RECORD, WeightFormat
from rag.models.download_sources import is_disk_full
from rag.models.hardware import require_memory_to_convert
from rag.runtime.atomic_write import written_whole
from rag.runtime.child_process import import_environment, module_command
from rag.runtime.progress import Progress, no_progress

log = logging.getLogger(__name__)

_FOLDERS: dict[WeightFormat, str] = {"int4": "int4-1", "int8": "int8-3", "bfloat16": "bfloat16"}
"""Name of the converted folder of each format. A new layout gets a new name."""

_OUTDATED: dict[WeightFormat, tuple[str, ...]] = {
    "int4": ("int8", "int8-2"),
    "int8": ("int8", "int8-2"),
    "bfloat16": (),
}
"""Folders that a conversion to each format takes the place of."""

_UNSUITABLE_RECORD = "{}-unsuitable.txt"
"""File that says why a model's weights stay in bfloat16, by format."""

_UNSUITABLE = 3
"""Exit code of a conversion whose result differs too much."""

_BLOCK_LAYERS = re.compile(
    r"^([qkvo]_proj|qkv_proj|out_proj|dense|query_key_value|c_(attn|proj|fc)|fc[12]|(gate|up|down|gate_up)_proj"
    r"|dense_h_to_4h|dense_4h_to_h|w[123]|lm_head)$"
)
"""Linear layers of attention and feed-forward blocks, and the output layer."""

MAX_ERROR = 0.15
MAX_ERROR_OF_EXPERTS = 0.2
"""Largest relative error of the logits; rounding sends tokens to other experts."""


def ensure_converted(source: Path, home: Path, weights: WeightFormat, report: Progress = no_progress) -> Path:
    """Return the folder of the converted `source` (GGUF file or model folder) below `home`; convert it first if needed.

    A model that the format does not suit is returned in bfloat16: a folder as it is, a GGUF file unpacked.

    Raises:
        ModelError: the model cannot be converted, or the disk is full. Nothing half-written remains.
    """
    home.mkdir(parents=True, exist_ok=True)
    target, unsuitable = home / _FOLDERS[weights], home / _UNSUITABLE_RECORD.format(weights)
    with FileLock(home / ".convert.lock"):
        if not target.is_dir() and not unsuitable.is_file():
            try:
                with written_whole(target) as partial:
                    _run_conversion(source, partial, weights, report)
            except _UnsuitableError as error:
                unsuitable.write_text(str(error))
                log.warning("%s stays in bfloat16, twice as large and slower: %s.", source.name, error)
            for name in _OUTDATED[weights]:
                shutil.rmtree(home / name, ignore_errors=True)
    if target.is_dir():
        return target
    return ensure_converted(source, home, "bfloat16", report) if source.is_file() else source


class _UnsuitableError(Exception):
    """The model computes something else in int8."""


def _run_conversion(source: Path, out: Path, weights: WeightFormat, report: Progress) -> None:
    require_memory_to_convert(source, weights)
    command = module_command(__name__, str(source), str(out), weights)
    task = f"converting {source.name} to {weights} (once)"
    last_line = ""
    report(task, 0, 0)
    with subprocess.Popen(  # noqa: S603  our own
        command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=_environment()
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
            f"{source.name} could not be converted: {last_line or f'exit code {process.returncode}'}. "
            "Free memory or disk if it ran short, or choose another model: '--model tiny' needs 1 GB and 0.2 GB."
        )


def _environment() -> dict[str, str]:
    """Return the environment of the child: nothing that a model names is fetched."""
    return {**import_environment(), "HF_HUB_OFFLINE": "1"}


def _convert(source: Path, out: Path, weights: WeightFormat) -> None:
    from transformers import AutoTokenizer

    from rag.models.causal_lm import load_whole

    is_gguf = source.is_file()
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


def write_quantised(model: Any, tokenizer: Any, out: Path, weights: WeightFormat, *, keeps_more: bool = False) -> str:
    """Write the weights in a quantised format; return which of its ways served, "" for none.

    The configuration is in the folder `out` already. Nothing is left there if the logits differ too much in every way.
    With `keeps_more`, weights that were in more than four bits stay in more.
    """
    from rag.models.causal_lm import SAMPLE_TOKENS, plain_logits, sample_tokens, use_own_attention

    use_own_attention(model)
    tokens = sample_tokens(tokenizer, model)
    has_experts = any("experts" in name for name, _ in model.named_modules())
    limit = MAX_ERROR_OF_EXPERTS if has_experts else MAX_ERROR
    exact = plain_logits(model, tokens, SAMPLE_TOKENS)
    for name, save, remove in _ways(weights, keeps_more=keeps_more):
        save(model, out)
        if quantised_error(out, tokens, exact) <= limit:
            return name
        remove(out)
    return ""


def _ways(weights: WeightFormat, *, keeps_more: bool) -> list[tuple[str, Callable[..., None], Callable[[Path], None]]]:
    """Return the ways to quantise a model, the smallest first: name, function that saves and one that removes."""
    from rag.models.quantisation import block_checkpoint, int8_checkpoint
    from rag.models.quantisation.products import ANY_LAYER

    if weights == "int8":
        save = int8_checkpoint.save
        blocks_only = partial(save, layers=_BLOCK_LAYERS)
        return [("all", save, int8_checkpoint.remove), ("blocks", blocks_only, int8_checkpoint.remove)]
    layers: dict[str, tuple[Literal[4, 8], re.Pattern[str]]] = {
        "four bits": (4, ANY_LAYER),
        "eight bits": (8, ANY_LAYER),
        "blocks": (8, _BLOCK_LAYERS),
    }
    return [
        (
            name,
            partial(block_checkpoint.save, layers=wanted, least_bits=bits, keeps_more=keeps_more),
            block_checkpoint.remove,
        )
        for name, (bits, wanted) in layers.items()
    ]


def quantised_error(folder: Path, tokens: list[int], exact: Any) -> float:
    """Return the relative error of the last logits of quantised weights; infinite if they cannot be run."""
    from rag.models.causal_lm import mean_error, plain_logits, use_own_attention
    from rag.models.quantisation import checkpoint

    try:
        model = checkpoint.load(folder, None)
        use_own_attention(model)
        return mean_error(plain_logits(model, tokens, len(exact)), exact)
    except (AttributeError, KeyError, RuntimeError, TypeError, ValueError):
        return float("inf")


def _main() -> int:
    from rag.models.causal_lm import brief

    source, out = map(Path, sys.argv[1:3])
    try:
        _convert(source, out, next(weights for weights in _FOLDERS if weights == sys.argv[3]))
    except OSError as error:
        sys.stderr.write("the disk is full\n" if is_disk_full(error) else f"{brief(error)}\n")
        return 1
    except _UnsuitableError as error:
        sys.stderr.write(f"{error}\n")
        return _UNSUITABLE
    except (
        ImportError,
        MemoryError,
        RuntimeError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        ModelError,
    ) as error:
        sys.stderr.write(f"{brief(error)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
