"""`citewell eval answers`: questions through the whole answering path, with the real model, against their gold."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evaluation.answers.given_passages import GivenServices, store_passages
from evaluation.answers.records import Record, Records, fingerprint
from evaluation.answers.rejudge import rejudge
from evaluation.answers.report import Report, summarise
from evaluation.datasets.beir import EvaluationError
from evaluation.datasets.cases import Case, read_cases
from evaluation.datasets.shuffle import sample
from evaluation.retrieval.indexing import Progress, ingested
from rag.assistant import Assistant
from rag.errors import QuestionError
from rag.exports.answer_json import answer_json
from rag.interfaces import Library
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Run:
    """How a file is asked: the first `limit` cases of the shuffle of `seed` (None: all), `at_once` at the same time.

    `out` is the file of records: what it holds already is not asked again.
    """

    limit: int | None = None
    seed: int = 0
    at_once: int = 1
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class _Source:
    """Where cases of one kind are asked: an assistant over a library; `within` keeps a case to its documents."""

    assistant: Assistant
    library: Library
    within: Mapping[str, AbstractSet[int]]

    def ask(self, case: Case, cancelled: CancelEvent) -> Record:
        within = self.within.get(case.id)
        try:
            *_, answer = self.assistant.ask(case.question, case.turns, within=within, cancelled=cancelled)
        except QuestionError as error:
            raise EvaluationError(f"Case '{case.id}' cannot be asked: {error}") from error
        assert isinstance(answer, Answer)  # noqa: S101  the last event
        return Record(case, answer_json(answer), _exact_quotes(answer, self.library))


def evaluate(file: Path, services: Services, progress: Progress, run: Run) -> Report:
    """Ask the cases of a file that were not asked before, and measure all of the run.

    Raises:
        EvaluationError: the file, its documents or the records cannot be used, or a question cannot be asked.
    """
    cases = read_cases(file)
    chosen = sample(cases, run.limit, run.seed, lambda case: case.id)
    own_library = any(_kind(case) == "library" for case in chosen)
    settings = services.settings
    records = Records(run.out, fingerprint(settings, own_library=own_library), settings.strictness)
    found = {
        case.id: rejudge(record, services.scorer, services.abstention)
        for case in chosen
        if (record := records.find(case))
    }
    missing = [case for case in chosen if case.id not in found]
    with ExitStack() as stack:
        # Of the whole file: what is searched must not depend on how many of its cases are asked.
        documents = {case.id: [file.parent / name for name in case.documents] for case in cases}
        sources = _open_sources(missing, documents, services, progress, stack)
        pool = stack.enter_context(ThreadPoolExecutor(run.at_once, thread_name_prefix="asking"))
        stack.callback(pool.shutdown, cancel_futures=True)
        cancelled = CancelEvent()
        stack.callback(cancelled.set)
        asked = [pool.submit(sources[_kind(case)].ask, case, cancelled) for case in missing]
        for future in as_completed(asked):
            record = future.result()
            records.add(record)
            found[record.case.id] = record
            progress(f"asking {file.name}", len(found), len(chosen))
    measures = [found[case.id].measures for case in chosen]
    return summarise(file.stem, settings.model, measures, settings.strictness)


def _kind(case: Case) -> str:
    """What a case is asked of."""
    return "passages" if case.passages else "documents" if case.documents else "library"


def _open_sources(
    cases: Sequence[Case],
    documents: Mapping[str, Collection[Path]],
    services: Services,
    progress: Progress,
    stack: ExitStack,
) -> dict[str, _Source]:
    """A source for every kind of case there is; all have the generator of `services`."""
    sources: dict[str, _Source] = {}
    if given := [case for case in cases if _kind(case) == "passages"]:
        sources["passages"] = _of_passages(given, services, stack)
    if any(_kind(case) == "documents" for case in cases):
        sources["documents"] = _of_documents(documents, services, progress, stack)
    if any(_kind(case) == "library" for case in cases):
        sources["library"] = _Source(services.assistant, services.library, {})
    return sources


def _of_passages(cases: Sequence[Case], services: Services, stack: ExitStack) -> _Source:
    folder = Path(stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)))
    library = SqliteLibrary(folder, embedder=services.embedder_name)
    stack.callback(library.close)
    most = max(len(case.passages) for case in cases)
    given = GivenServices(services.settings.model_copy(update={"library": folder, "passages": most}))
    given.library, given.generator = library, services.generator
    return _Source(given.assistant, library, store_passages(cases, library))


def _of_documents(
    documents: Mapping[str, Collection[Path]], services: Services, progress: Progress, stack: ExitStack
) -> _Source:
    paths = {path for named in documents.values() for path in named}
    indexed, ids = ingested(paths, services.settings, progress, stack)
    indexed.generator = services.generator
    within = {case: frozenset(ids[path] for path in named) for case, named in documents.items() if named}
    return _Source(indexed.assistant, indexed.library, within)


def _exact_quotes(answer: Answer, library: Library) -> int:
    """How many citations quote exactly the characters they point at in the stored page."""
    exact = 0
    for citation in (citation for sentence in answer.sentences for citation in sentence.citations):
        page = library.page(answer.passages[citation.number - 1].chunk.document_id, citation.page)
        exact += page is not None and page.text[citation.start : citation.end] == citation.quote
    return exact
