"""Capacity plans as rows for people."""

from observing.capacity_plan import Plan

PART_COLUMNS = ("part", "engine", "machines", "cores", "GPUs", "memory", "disk")


def part_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Return a row for each part, as `PART_COLUMNS` has them."""
    return [
        (
            part.name,
            part.engine,
            *(f"{number:,}" if number else "–" for number in (part.machines, part.cores, part.gpus)),
            size(part.memory_gb),
            size(part.disk_gb) if part.disk_gb else "–",
        )
        for part in plan.parts
    ]


def size(gigabytes: float) -> str:
    """Return a size in the unit that it is read in, with two digits."""
    if gigabytes >= 1000:
        return f"{rounded(gigabytes / 1000)} TB"
    return f"{rounded(gigabytes)} GB" if gigabytes >= 1 else f"{rounded(gigabytes * 1000)} MB"


def rounded(value: float) -> str:
    """Return a number with two digits that count: more would pretend."""
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 10 else f"{value:.2g}"


def first_limit(plan: Plan) -> str:
    """Return what breaks first, at how many times the demand, and what takes over."""
    limit = plan.first_limit
    return f"{limit.what} (at {rounded(limit.times)} × this): {limit.then}"
