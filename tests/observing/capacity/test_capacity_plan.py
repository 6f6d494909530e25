"""The arithmetic of a capacity plan, against examples computed by hand from the figures."""

from dataclasses import replace

import pytest

from observing.capacity import measured_figures as measured
from observing.capacity.assumptions import Assumptions, Demand
from observing.capacity.capacity_plan import (
    Part,
    Plan,
    make_plan,
)
from observing.capacity.engines import FOLDER, POSTGRES, SHARDS

USUAL = Assumptions()


@pytest.fixture(autouse=True)
def round_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the measured values by round ones: the arithmetic is tested, not the measurements."""
    values = {
        "CHUNKS_PER_PAGE": 5,
        "FILE_PER_PAGE": 10_000,
        "SQLITE_PER_CHUNK": 3_000,
        "FAISS_PER_CHUNK": 800,
        "WORDS_PER_CHUNK": 200,
        "POSTGRES_PER_CHUNK": 6_000,
        "POSTGRES_SEARCHED_PER_CHUNK": 3_000,
        "FOLDER_MEMORY_PER_CHUNK": 1_500,
        "FOLDER_SEARCH_S": 0.030,
        "SMALL_FOLDER_SEARCH_S": 0.020,
        "POSTGRES_SEARCH_S": 0.150,
        "SMALL_POSTGRES_SEARCH_S": 0.090,
        "INGESTED_PAGES_PER_CORE_S": 5,
        "WORKER_MEMORY": 2e9,
        "PROMPT_TOKENS": 1_000,
        "ANSWER_TOKENS": 100,
        "READS_PER_CORE_S": 200,
        "WRITES_PER_CORE_S": 50,
        "MODEL_MEMORY": 2e9,
        "APP_CORE_S_PER_ANSWER": 0.1,
        "APP_MEMORY": 1e9,
        "SIGN_IN_CORE_S": 1.0,
        "ANSWERS_STORED": 5_000,
    }
    assert values.keys() == measured.all_figures().keys()
    for name, value in values.items():
        monkeypatch.setattr(measured, name, replace(getattr(measured, name), value=value))


def plan(pages: int, users: int, *, gpu: bool = False) -> Plan:
    return make_plan(Demand(pages=pages, users=users, gpu=gpu), USUAL)


def part(found: Plan, name: str) -> Part:
    return next(each for each in found.parts if each.name == name)


def test_ten_users_of_a_folder_are_one_process() -> None:
    """20,000 pages: 100,000 chunks of 4 kB, files of .2 GB, 10 × 5 × 365 answers of 5 kB; 1/360 question a second."""
    found = plan(20_000, 10)
    assert found.chunks == 100_000
    library = part(found, "library")
    assert (library.engine, library.machines, library.cores) == (FOLDER.name, 0, 0)
    assert (library.memory_gb, library.disk_gb) == pytest.approx((0.15, 0.4 + 0.2 + 0.09125))
    assert (part(found, "app").engine, part(found, "app").cores) == ("one process", 0)
    assert (part(found, "model").engine, part(found, "model").cores) == ("int4, in the app's process", 2)
    # 20,000 pages at 5 a second are 4,000 s: one core. 2 cores, 3.15 GB, .69 GB of disk.
    assert found.ingest_cores == 1
    assert found.monthly_price == pytest.approx(2 * 20 + 3.15 * 3 + 0.69125 * 0.1)
    assert found.ingest_price == pytest.approx((20 + 2 * 3) * 7 / 30)
    assert found.extrapolated == ()


def test_the_first_limit_is_the_nearest() -> None:
    """1/360 question a second keeps .12 of a second of app and search and 7 of the model busy; 10 sign-ins, 1/1,800."""
    found = plan(20_000, 10)
    app = (0.1 + 0.02) / 360 + 1 / 1800
    times = {limit.what.partition(":")[0]: limit.times for limit in found.limits}
    assert times == pytest.approx({"library": 20, "app": 0.6 / app, "model": 0.6 * 8 / (7 / 360 + app)})
    assert found.first_limit.what.startswith("library")
    assert found.first_limit.then == POSTGRES.name
    assert plan(1_000, 1_000).first_limit.what.startswith("model")


def test_gpus_take_the_place_of_cores() -> None:
    """10 questions a second of .3 s are 3 GPUs, at .6 five."""
    found = plan(20_000, 36_000, gpu=True)
    assert (part(found, "model").gpus, part(found, "model").engine) == (5, "replicas with vLLM")
    assert part(found, "model").cores == 10
    one = plan(20_000, 10, gpu=True)
    assert (part(one, "model").gpus, part(one, "app").cores) == (1, 1)
    assert "GPUs (their speeds are assumed)" in one.extrapolated


def test_a_large_library_is_in_several_databases_and_read_in_by_many_cores() -> None:
    """20 million pages are 100 million chunks; in a week a core reads 3,024,000 pages."""
    found = plan(20_000_000, 10)
    library = part(found, "library")
    assert (library.engine, library.machines) == (SHARDS.name, 5)
    assert library.memory_gb == pytest.approx(300)
    assert library.disk_gb == pytest.approx(600 + 200 + 0.09125)
    assert found.ingest_cores == 7
    assert found.first_limit.then == "nothing that is planned here"
    assert "several databases (Citewell has no such store yet)" in found.extrapolated
