"""The tables of docs/scaling.md: `python -m tests.observing.scaling_tables` prints them."""

import sys
from collections.abc import Iterable, Sequence
from math import log10

from cli.commands.plan import first_limit, rounded, size
from observing import measured_figures as measured
from observing.assumptions import AS_OF, Assumptions, Demand
from observing.capacity_plan import Plan, make_plan

CHUNKS = (10**5, 10**7, 10**9)
USERS = (10, 10**3, 10**5)


def all_figures() -> dict[str, measured.Figure]:
    """Return every measured figure by its name."""
    return {name: value for name, value in vars(measured).items() if isinstance(value, measured.Figure)}


def figure_rows() -> list[tuple[str, str, str]]:
    """Return every measured figure: its name, value with unit, and the line of the history that has it."""
    return [
        (name.lower().replace("_", " "), f"{_figure(figure.value)} {figure.unit}", figure.line)
        for name, figure in all_figures().items()
    ]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def assumption_rows(assumed: Assumptions) -> list[tuple[str, str]]:
    """Return every assumption: its option, and its value."""
    names = Assumptions.__dataclass_fields__
    return [(f"--{name.replace('_', '-')}", f"{getattr(assumed, name):g}") for name in names]


def grid() -> list[tuple[Demand, Plan, Plan]]:
    """Return the demands of the documentation, each with its plan on processors alone and with GPUs."""
    demands = [(round(chunks / measured.CHUNKS_PER_PAGE.value), users) for chunks in CHUNKS for users in USERS]
    return [
        (
            Demand(pages=pages, users=users),
            make_plan(Demand(pages=pages, users=users), Assumptions()),
            make_plan(Demand(pages=pages, users=users, gpu=True), Assumptions()),
        )
        for pages, users in demands
    ]


def scaling_tables() -> str:
    """Return the tables of docs/scaling.md."""
    plans = grid()
    figures = ((name, value, f"`{_cell(line)}`") for name, value, line in figure_rows())
    assumptions = ((f"`{name}`", value) for name, value in assumption_rows(Assumptions()))
    limits = ("chunks", "users", "what breaks first, and what takes over", "extrapolated")
    return "\n\n".join(
        (
            _markdown(_SIZES, (_sizes(*each) for each in plans)),
            _markdown(limits, (_limits(demand, plan) for demand, plan, _ in plans)),
            _markdown(("figure", "value", "line of the history"), figures),
            _markdown((f"assumption of {AS_OF}", "value"), assumptions),
        )
    )


_SIZES = (
    *("chunks", "pages", "users", "library", "its databases", "its cores", "its memory", "disk", "app processes"),
    *("cores for answers", "or GPUs", "memory of all", "cores to read all in within a week", "$ a month: cores; GPUs"),
)


def _sizes(demand: Demand, plan: Plan, on_gpus: Plan) -> tuple[str, ...]:
    library, app, model = plan.parts
    return (
        _power(plan.chunks),
        rounded(demand.pages),
        f"{demand.users:,}",
        library.engine,
        *(f"{number:,}" if number else "–" for number in (library.machines, library.cores)),
        size(library.memory_gb),
        size(library.disk_gb),
        *(f"{number:,}" for number in (app.machines, model.cores, on_gpus.parts[2].gpus)),
        size(sum(part.memory_gb for part in plan.parts)),
        f"{plan.ingest_cores:,}",
        f"{rounded(plan.monthly_price)}; {rounded(on_gpus.monthly_price)}",
    )


def _limits(demand: Demand, plan: Plan) -> tuple[str, ...]:
    return _power(plan.chunks), f"{demand.users:,}", first_limit(plan), "; ".join(plan.extrapolated) or "nothing"


def _power(chunks: float) -> str:
    return f"10^{round(log10(chunks))}"


def _cell(text: str) -> str:
    return text.replace("**", "").strip("| ").replace("|", "/")


def _markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(line)} |" for line in (heads, *rows)]
    return "\n".join((lines[0], f"|{'---|' * len(heads)}", *lines[1:]))


if __name__ == "__main__":
    sys.stdout.write(f"{scaling_tables()}\n")
