"""Compute what a library and its users need: memory, disk, cores, GPUs, money, and what breaks first.

Everything is proportional to measured figures or to assumptions. A machine's cores count alike, whatever their number.
The limits of the folder and of one process are within what was measured, or close above. Those of PostgreSQL and beyond
are extrapolated, in view of what others met (docs/scaling.md).
"""

from dataclasses import dataclass
from math import ceil

from observing import measured_figures as measured
from observing.assumptions import Assumptions, Demand

_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S
_DAYS_A_MONTH = 30
_GB = 1e9
_ANSWER_DAYS = 365
_LEAST_CORES = 2
_CORES_PER_GPU = 2
_MEMORY_GB_PER_GPU = 16.0

MEASURED_CHUNKS = 1e6
"""Largest library that a search was measured in."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to keep and search the library. `most_chunks` is where the next takes over."""

    name: str
    most_chunks: float
    why: str
    is_built: bool = True


FOLDER = Engine(
    "folder: SQLite, FAISS, tantivy",
    2e6,
    "the index of one process fills its memory, and a rebuild of it keeps questions waiting",
)
POSTGRES = Engine(
    "PostgreSQL with pgvector",
    2e7,
    "the HNSW index no longer fits into one machine's memory, and building it takes days",
)
SHARDS = Engine(
    "PostgreSQL in partitions, or Milvus",
    2e9,
    "every question asks every partition, so each further one makes all questions dearer",
    is_built=False,
)
_LADDER = (FOLDER, POSTGRES, SHARDS)


def _engine_for(chunks: float, *, is_shared: bool) -> Engine:
    """Return the first engine that carries so many chunks; one that several app servers can share if they have to."""
    ladder = _LADDER[1:] if is_shared else _LADDER
    return next((engine for engine in ladder if chunks <= engine.most_chunks), _LADDER[-1])


def _after(engine: Engine) -> str:
    """Return what takes over."""
    return "nothing that is planned here" if engine is _LADDER[-1] else _LADDER[_LADDER.index(engine) + 1].name


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the system. `machines` is a number of processes or servers; the other numbers are of all together."""

    name: str
    engine: str
    machines: int
    cores: int
    memory_gb: float
    disk_gb: float = 0.0
    gpus: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that ends. `times` is how much the demand may grow until then, `then` is what takes over."""

    what: str
    times: float
    then: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A capacity plan. Prices are dollars, a month or once; `questions_per_s` is of the busiest hour."""

    chunks: float
    questions_per_s: float
    core_s_per_question: float
    parts: tuple[Part, ...]
    ingest_cores: int
    ingest_price: float
    monthly_price: float
    limits: tuple[Limit, ...]
    extrapolated: tuple[str, ...]

    @property
    def first_limit(self) -> Limit:
        """The limit that a growing demand meets first."""
        return min(self.limits, key=lambda limit: limit.times)


def search_core_s(chunks: float, engine: Engine) -> float:
    """Return the processor seconds of one search: on a line through the two sizes that were measured."""
    if engine is FOLDER:
        return _on_line(chunks, (131_600, measured.SMALL_FOLDER_SEARCH_S), (1e6, measured.FOLDER_SEARCH_S))
    shards = shard_count(chunks)
    small, large = measured.SMALL_POSTGRES_SEARCH_S, measured.POSTGRES_SEARCH_S
    return shards * _on_line(chunks / shards, (100_000, small), (1e6, large))


def _on_line(chunks: float, small: tuple[float, measured.Figure], large: tuple[float, measured.Figure]) -> float:
    """Return the value at so many chunks, of which no fewer than the smaller size count."""
    (fewer, least), (more, most) = small, large
    return least.value + max(0.0, chunks - fewer) * (most.value - least.value) / (more - fewer)


def shard_count(chunks: float) -> int:
    """Return the number of databases that share the chunks."""
    return max(1, ceil(chunks / POSTGRES.most_chunks))


def generation_core_s() -> float:
    """Return the processor seconds in which the default model reads a prompt and writes an answer, with others."""
    reading = measured.PROMPT_TOKENS.value / measured.READS_PER_CORE_S.value
    return reading + measured.ANSWER_TOKENS.value / measured.WRITES_PER_CORE_S.value


def generation_gpu_s(assumed: Assumptions) -> float:
    """Return the seconds of a GPU for the same; both speeds are assumed."""
    return measured.PROMPT_TOKENS.value / assumed.gpu_reads + measured.ANSWER_TOKENS.value / assumed.gpu_writes


def questions_per_second(users: int, assumed: Assumptions) -> float:
    """Return the questions a second in the busiest hour."""
    return users * assumed.questions_per_day * assumed.busy_hour_share / _HOUR_S


def make_plan(demand: Demand, assumed: Assumptions) -> Plan:
    """Return the plan for a demand."""
    busy = _busy_hour(demand, assumed)
    chunks, rate = busy.chunks, busy.questions
    parts = (_library(demand, busy, assumed), _app(busy, assumed), _model(demand, busy, assumed))
    workers = ceil(demand.pages / measured.INGESTED_PAGES_PER_CORE_S.value / (assumed.ingest_days * _DAY_S))
    searching = search_core_s(chunks, busy.engine)
    return Plan(
        chunks=chunks,
        questions_per_s=rate,
        core_s_per_question=searching + measured.APP_CORE_S_PER_ANSWER.value + generation_core_s(),
        parts=parts,
        ingest_cores=workers,
        ingest_price=_ingest_price(workers, assumed),
        monthly_price=sum(_price(part, assumed) for part in parts),
        limits=_limits(demand, busy, assumed),
        extrapolated=_extrapolated(demand, busy, parts),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _BusyHour:
    """The busiest hour: questions a second, and cores that are busy with the app, with searching and with writing.

    In a folder the app's process searches, and `app` has that, too.
    """

    chunks: float
    questions: float
    engine: Engine
    app: float
    searching: float
    writing: float
    is_one_process: bool


def _busy_hour(demand: Demand, assumed: Assumptions) -> _BusyHour:
    chunks = demand.pages * measured.CHUNKS_PER_PAGE.value
    rate = questions_per_second(demand.users, assumed)
    # Each user signs in once a day; one user alone needs no account.
    sign_ins = demand.users * assumed.busy_hour_share / _HOUR_S if demand.users > 1 else 0.0
    app = rate * measured.APP_CORE_S_PER_ANSWER.value + sign_ins * measured.SIGN_IN_CORE_S.value
    in_folder = app + rate * search_core_s(chunks, FOLDER)
    engine = _engine_for(chunks, is_shared=in_folder > assumed.load)
    searching = rate * search_core_s(chunks, engine)
    writing = 0.0 if demand.gpu else rate * generation_core_s()
    of_process = in_folder if engine is FOLDER else app
    is_one_machine = of_process + writing <= assumed.load * assumed.cores_per_machine
    return _BusyHour(
        chunks=chunks,
        questions=rate,
        engine=engine,
        app=of_process,
        searching=searching,
        writing=writing,
        is_one_process=not demand.gpu and of_process <= assumed.load and is_one_machine,
    )


def _cores(load: float, assumed: Assumptions) -> int:
    return max(1, ceil(round(load / assumed.load, 6)))  # 3 / 0.6 is 5


def _library(demand: Demand, busy: _BusyHour, assumed: Assumptions) -> Part:
    """Return the stores: in a folder they are the app's own, elsewhere what is searched is held in memory."""
    chunks, is_folder = busy.chunks, busy.engine is FOLDER
    answers = demand.users * assumed.questions_per_day * _ANSWER_DAYS * measured.ANSWERS_STORED.value
    files = demand.pages * measured.FILE_PER_PAGE.value
    in_folder = measured.SQLITE_PER_CHUNK.value + measured.FAISS_PER_CHUNK.value + measured.WORDS_PER_CHUNK.value
    stored = in_folder if is_folder else measured.POSTGRES_PER_CHUNK.value
    memory = measured.FOLDER_MEMORY_PER_CHUNK.value if is_folder else measured.POSTGRES_SEARCHED_PER_CHUNK.value
    databases = shard_count(chunks)
    return Part(
        name="library",
        engine=busy.engine.name,
        machines=0 if is_folder else databases,
        cores=0 if is_folder else max(databases, _cores(busy.searching, assumed)),
        memory_gb=chunks * memory / _GB,
        disk_gb=(chunks * stored + files + answers) / _GB,
    )


def _app(busy: _BusyHour, assumed: Assumptions) -> Part:
    """Return the app's processes: each computes on about one core, as Python does."""
    processes = _cores(busy.app, assumed)
    return Part(
        name="app",
        engine="one process" if processes == 1 else "several app servers",
        machines=processes,
        cores=0 if busy.is_one_process else processes,
        memory_gb=processes * measured.APP_MEMORY.value / _GB,
    )


def _model(demand: Demand, busy: _BusyHour, assumed: Assumptions) -> Part:
    """Return what writes the answers: the app's process with it, or replicas, each a machine or a GPU."""
    if demand.gpu:
        gpus = _cores(busy.questions * generation_gpu_s(assumed), assumed)
        cores, memory = gpus * _CORES_PER_GPU, gpus * _MEMORY_GB_PER_GPU
        name = "replicas with vLLM" if gpus > 1 else "vLLM on a GPU"
        return Part(name="model", engine=name, machines=gpus, cores=cores, memory_gb=memory, gpus=gpus)
    load = busy.writing + (busy.app if busy.is_one_process else 0.0)
    cores = max(_LEAST_CORES, _cores(load, assumed))
    machines = ceil(cores / assumed.cores_per_machine)
    name = "int4, in the app's process" if busy.is_one_process else "int4 replicas on processors"
    memory = machines * measured.MODEL_MEMORY.value / _GB
    return Part(name="model", engine=name, machines=machines, cores=cores, memory_gb=memory)


def _price(part: Part, assumed: Assumptions) -> float:
    return (
        part.cores * assumed.core_price
        + part.memory_gb * assumed.memory_gb_price
        + part.disk_gb * assumed.disk_gb_price
        + part.gpus * assumed.gpu_price
    )


def _ingest_price(workers: int, assumed: Assumptions) -> float:
    """Return what reading everything in costs once: a worker is a core with its memory for all of that time."""
    month = assumed.core_price + measured.WORKER_MEMORY.value / _GB * assumed.memory_gb_price
    return workers * month * assumed.ingest_days / _DAYS_A_MONTH


def _limits(demand: Demand, busy: _BusyHour, assumed: Assumptions) -> tuple[Limit, ...]:
    """Return what ends when the demand grows: pages for the library, users for the app and the model."""
    limits = [Limit(f"library: {busy.engine.why}", busy.engine.most_chunks / busy.chunks, _after(busy.engine))]
    if busy.app <= assumed.load:
        then = "several app servers, and workers that read in, over PostgreSQL"
        limits.append(Limit("app: a process computes on about one core", assumed.load / busy.app, then))
    if busy.is_one_process:
        times = assumed.load * assumed.cores_per_machine / (busy.writing + busy.app)
        limits.append(Limit("model: the cores of one machine", times, "replicas on processors, or vLLM on GPUs"))
    elif demand.gpu and (writing := busy.questions * generation_gpu_s(assumed)) <= assumed.load:
        limits.append(Limit("model: one GPU", assumed.load / writing, "replicas with vLLM"))
    return tuple(limits)


def _extrapolated(demand: Demand, busy: _BusyHour, parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Return what of a plan nobody has measured here."""
    said = []
    if busy.chunks > MEASURED_CHUNKS:
        said.append(f"the library beyond {MEASURED_CHUNKS:,.0f} chunks")
    if not busy.engine.is_built:
        said.append("several databases (Citewell has no such store yet)")
    if max(part.cores for part in parts) > _LEAST_CORES:
        said.append("more than two cores (their speeds are taken to add up)")
    if demand.gpu:
        said.append("GPUs (their speeds are assumed)")
    return tuple(said)
