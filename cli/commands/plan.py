"""`citewell plan`: what a library and its users need, before anybody buys it."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, print_json
from observing.assumptions import AS_OF, Assumptions, Demand

if TYPE_CHECKING:
    from observing.capacity_plan import Plan

_USUAL = Assumptions()
_PART_COLUMNS = ("part", "engine", "machines", "cores", "GPUs", "memory", "disk")

PagesOption = Annotated[int, typer.Option(help="Pages of all documents.")]
UsersOption = Annotated[int, typer.Option(help="People who ask.")]
GpuOption = Annotated[bool, typer.Option("--gpu", help="Have answers written on GPUs; their speeds are assumed.")]
QuestionsOption = Annotated[float, typer.Option(help="Questions of one user a day.")]
BusyHourOption = Annotated[float, typer.Option(help="Share of a day's questions in its busiest hour.")]
LoadOption = Annotated[float, typer.Option(help="Share of a machine in use in that hour.")]
DaysOption = Annotated[float, typer.Option(help="Days in which all pages are to be read in.")]
CoresOption = Annotated[int, typer.Option(help="Cores of one server.")]
GpuReadsOption = Annotated[float, typer.Option(help="Tokens a second that a GPU reads.")]
GpuWritesOption = Annotated[float, typer.Option(help="Tokens a second that a GPU writes.")]
PriceOption = Annotated[float, typer.Option(help=f"Dollars a month, assumed in {AS_OF}.")]


def plan(
    pages: PagesOption,
    users: UsersOption,
    questions_per_day: QuestionsOption = _USUAL.questions_per_day,
    gpu: GpuOption = False,
    busy_hour_share: BusyHourOption = _USUAL.busy_hour_share,
    load: LoadOption = _USUAL.load,
    ingest_days: DaysOption = _USUAL.ingest_days,
    cores_per_machine: CoresOption = _USUAL.cores_per_machine,
    gpu_reads: GpuReadsOption = _USUAL.gpu_reads,
    gpu_writes: GpuWritesOption = _USUAL.gpu_writes,
    core_price: PriceOption = _USUAL.core_price,
    memory_gb_price: PriceOption = _USUAL.memory_gb_price,
    disk_gb_price: PriceOption = _USUAL.disk_gb_price,
    gpu_price: PriceOption = _USUAL.gpu_price,
    as_json: JsonOption = False,
) -> None:
    """Say what a library and its users need: engines, machines, memory, disk, money, and what breaks first.

    Computed from figures measured on two cores (docs/scaling.md); what is extrapolated or assumed is said.
    """
    assumed = Assumptions(
        questions_per_day=questions_per_day,
        busy_hour_share=busy_hour_share,
        load=load,
        ingest_days=ingest_days,
        cores_per_machine=cores_per_machine,
        gpu_reads=gpu_reads,
        gpu_writes=gpu_writes,
        core_price=core_price,
        memory_gb_price=memory_gb_price,
        disk_gb_price=disk_gb_price,
        gpu_price=gpu_price,
    )
    _print(Demand(pages=pages, users=users, gpu=gpu), assumed, as_json=as_json)


def _print(demand: Demand, assumed: Assumptions, *, as_json: bool) -> None:
    from observing.capacity_plan import make_plan

    found = make_plan(demand, assumed)
    if not as_json:
        _show(demand, assumed, found)
        return
    shown = {"demand": asdict(demand), **asdict(found), "first_limit": asdict(found.first_limit)}
    print_json(shown | {"assumptions": {"as_of": AS_OF, **asdict(assumed)}})


def _show(demand: Demand, assumed: Assumptions, found: "Plan") -> None:
    from cli import output

    title = (
        f"{output.count(demand.pages, 'page')} (about {rounded(found.chunks)} chunks), "
        f"{output.count(demand.users, 'user')}: {rounded(found.questions_per_s * 3600)} questions in the busiest hour"
    )
    output.print_table(title, _PART_COLUMNS, _part_rows(found))
    cores, days = output.count(found.ingest_cores, "core"), assumed.ingest_days
    lines = (
        "",
        f"Reading everything in: {cores} for at most {days:g} days, ${rounded(found.ingest_price)} once.",
        f"Price: ${rounded(found.monthly_price)} a month (prices assumed in {AS_OF}).",
        f"Breaks first: {first_limit(found)}.",
        *(f"Extrapolated: {each}." for each in found.extrapolated),
    )
    for line in lines:
        output.out.print(output.printable(line))


def _part_rows(found: "Plan") -> list[tuple[str, ...]]:
    """Return a row for each part, as `_PART_COLUMNS` has them."""
    return [
        (
            part.name,
            part.engine,
            *(f"{number:,}" if number else "–" for number in (part.machines, part.cores, part.gpus)),
            size(part.memory_gb),
            size(part.disk_gb) if part.disk_gb else "–",
        )
        for part in found.parts
    ]


def size(gigabytes: float) -> str:
    """Return a size in the unit that it is read in, with two digits."""
    if gigabytes >= 1000:
        return f"{rounded(gigabytes / 1000)} TB"
    return f"{rounded(gigabytes)} GB" if gigabytes >= 1 else f"{rounded(gigabytes * 1000)} MB"


def rounded(value: float) -> str:
    """Return a number with two digits that count: more would pretend."""
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 10 else f"{value:.2g}"


def first_limit(found: "Plan") -> str:
    """Return what breaks first, at how many times the demand, and what takes over."""
    limit = found.first_limit
    return f"{limit.what} (at {rounded(limit.times)} × this): {limit.then}"
