"""Print models: what each costs, and how fast it would be on this machine."""

from collections.abc import Sequence
from pathlib import Path

from cli import output
from rag.models.inventory import KnownModel
from rag.models.speed_estimate import (
    ANSWER_TOKENS,
    PROMPT_TOKENS,
    Machine,
    Rates,
    estimate_speed,
    fits,
    is_free,
    memory_needed,
)

_GB = 1e9
_KIBI = 1024


def print_models(folder: Path, models: Sequence[KnownModel]) -> None:
    """Print what each model is, what it costs, and whether it is on this disk."""
    columns = ("name", "role", "download", "disk", "memory", "here", "what")
    output.print_table(f"Models in {folder}", columns, map(_cost_row, models), unbroken=("name",))
    output.out.print(
        "Sizes of models from the hub, and all memory, are estimates. 'citewell models' says how fast each is."
    )


def _cost_row(model: KnownModel) -> tuple[str, ...]:
    sizes = (model.download_bytes, model.disk_bytes, model.memory_bytes)
    return (
        model.name,
        model.role,
        *(f"{size / _GB:.1f} GB" if size else "?" for size in sizes),
        "yes" if model.fetched else "no",
        f"{model.summary}. {model.licence}" + (f". Also: {', '.join(model.aliases)}" if model.aliases else ""),
    )


def print_speeds(models: Sequence[KnownModel], machine: Machine, rates: Rates | None) -> None:
    """Print what the machine has, and which language models it can run, how fast; without rates, no speeds."""
    for line in _machine_lines(machine, rates):
        output.out.print(output.printable(line))
    columns = ("name", "GB", "fits", "reads", "writes", "answer", "window", "licence", "tried")
    output.print_table("", columns, [_speed_row(model, machine, rates) for model in models], unbroken=("name",))
    for line in _explanation(rates):
        output.out.print(line)


def _machine_lines(machine: Machine, rates: Rates | None) -> list[str]:
    gpu = "no GPU that torch sees"
    if machine.gpu:
        own = machine.gpu.memory_bytes
        gpu = f"GPU: {machine.gpu.name}" + (f" with {own / _GB:.0f} GB" if own else "")
    memory = f"{machine.memory_bytes / _GB:.1f} GB of memory, {machine.free_bytes / _GB:.1f} GB of it free"
    lines = [
        f"{machine.processor}: {machine.cores} cores, {memory}; {gpu}.",
        f"Abilities: {', '.join(machine.abilities) or 'unknown'}. Language models are kept in {machine.weights} here.",
    ]
    if rates:
        products = f"{rates.product_operations / 1e12:.2f} tera operations a second in {machine.weights}"
        lines.append(
            f"Measured just now: {rates.read_bytes / 1e9:.1f} GB/s from memory, {products}. Other programs that are "
            "busy lower both."
        )
    return lines


def _explanation(rates: Rates | None) -> list[str]:
    speeds = (
        f"reads, writes: tokens a second, estimated from the measurement. answer: time for {PROMPT_TOKENS:,} tokens "
        f"read and {ANSWER_TOKENS} written; less where an answer repeats its sources."
        if rates
        else "Speeds on a GPU were not measured in this project, so none are estimated."
    )
    tried = (
        "tried: this project has measured the model's answers (benchmarks/RESULTS.md); of the others it knows what "
        "their publishers say. * The hub asks for a login (HF_TOKEN) and the acceptance of a licence."
    )
    return [speeds, tried]


def _speed_row(model: KnownModel, machine: Machine, rates: Rates | None) -> tuple[str, ...]:
    needed = memory_needed(model.shape, machine.weights) if model.shape else None
    fit, shown = "?", ("–", "–", "–")
    if needed is not None:
        fit = "no" if not fits(needed, machine) else "yes" if is_free(needed, machine) else "not now"
    if model.shape and rates and fit != "no":
        speed = estimate_speed(model.shape, machine.weights, rates)
        shown = (f"{speed.prefill:,.0f}", f"{speed.decode:.1f}", f"{speed.answer_seconds:.0f} s")
    return (
        model.name,
        f"{needed / _GB:.1f}" if needed else "?",
        fit,
        *shown,
        f"{model.window // _KIBI}k" if model.window else "?",
        model.licence + ("*" if model.gated else ""),
        "yes" if model.measured else "no",
    )
