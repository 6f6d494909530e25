"""`citewell eval answers`: ask questions through the whole answering path, and compare with their gold."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evaluation.case_selection import sample
from evaluation.cases import Case, read_cases
from evaluation.given_passages import GivenServices, store_passages
from evaluation.indexing import index_files
from evaluation.kind_report import JudgedQuestion
from evaluation.metrics import written_text
from evaluation.record_keys import fingerprint, sources_by_case
from evaluation.records import Record, Records
from evaluation.rejudge import rejudge
from evaluation.report import Report, summarise
from evaluation.set_files import EvaluationError, locate
from evaluation.ungrounded import count_all
from rag.assistant import Assistant
from rag.errors import QuestionError
from rag.exports.answer_json import answer_json
from rag.interfaces import Library
from rag.runtime.progress import CancelEvent, Progress
from rag.services import Services
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """Options of a run: a sample of `limit` cases (None: all) by `seed`, `at_once` of them asked at the same time.

    Only cases of these `kinds` are asked, if any are named. `out` is the file of records: the cases in it are not
    asked again.
    """

    limit: int | None = None
    seed: int = 0
    at_once: int = 1
    out: Path | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Corpus:
    """An assistant and its library, for the cases of one kind; `within` restricts a case to its documents."""

    assistant: Assistant
    library: Library
    within: Mapping[str, AbstractSet[int]]

    def ask(self, case: Case, cancelled: CancelEvent) -> Record:
        within = self.within.get(case.id)
        try:
            answer = self.assistant.answer(case.question, case.turns, within=within, cancelled=cancelled)
        except QuestionError as error:
            raise EvaluationError(f"Case '{case.id}' cannot be asked: {error}") from error
        return Record(case, answer_json(answer), _exact_quotes(answer, self.library))


def evaluate(file: Path, services: Services, progress: Progress, options: RunOptions) -> Report:
    """Ask the cases of a file that are not in the records yet, and measure the whole sample.

    Raises:
        EvaluationError: the file, its documents or the records cannot be used, or a question cannot be asked.
    """
    cases = read_cases(file)
    chosen = sample(_of_kinds(cases, options.kinds), options.limit, options.seed, lambda case: case.id)
    settings = services.settings
    # Documents of the whole file: what is searched must not depend on how many of its cases are asked.
    documents = {case.id: [locate(name, file.parent) for name in case.documents] for case in cases}
    sources = sources_by_case(cases, documents, services) if options.out else {}
    records = Records(options.out, fingerprint(settings), sources, settings.strictness)
    found = {
        case.id: rejudge(record, services.scorer, services.abstention)
        for case in chosen
        if (record := records.find(case))
    }
    unasked = [case for case in chosen if case.id not in found]
    with ExitStack() as stack:
        corpora = _open_corpora(unasked, documents, services, progress, stack)
        pool = stack.enter_context(ThreadPoolExecutor(options.at_once, thread_name_prefix="asking"))
        stack.callback(pool.shutdown, cancel_futures=True)
        cancelled = CancelEvent()
        stack.callback(cancelled.set)
        asked = [pool.submit(corpora[case.corpus].ask, case, cancelled) for case in unasked]
        for future in as_completed(asked):
            record = future.result()
            records.add(record)
            found[record.case.id] = record
            progress(f"asking {file.name}", len(found), len(chosen))
    answered = [found[case.id] for case in chosen]
    measures = [record.measures for record in answered]
    questions = [judged for record in answered if (judged := _judged(record))]
    return summarise(file.stem, settings.model, measures, settings.strictness, questions, count_all(answered))


def _of_kinds(cases: Sequence[Case], kinds: Sequence[str]) -> list[Case]:
    known = dict.fromkeys(case.kind for case in cases if case.kind)
    if unknown := [kind for kind in kinds if kind not in known]:
        there_are = f"The kinds are {', '.join(known)}." if known else "Its cases name no kind: leave --kind out."
        raise EvaluationError(f"There is no question of the kind '{unknown[0]}'. {there_are}")
    return [case for case in cases if not kinds or case.kind in kinds]


def _judged(record: Record) -> JudgedQuestion | None:
    """Return a case with its verdicts; None if it has neither key points nor a canonical gold answer."""
    case, measures = record.case, record.measures
    if measures.grade is None and measures.verdict is None:
        return None
    return JudgedQuestion(
        id=case.id,
        kind=case.kind,
        question=case.question,
        answer=written_text(record.answer),
        gold=case.answers[0] if case.answers else "",
        grade=measures.grade,
        verdict=measures.verdict,
    )


def _open_corpora(
    cases: Sequence[Case],
    documents: Mapping[str, Collection[Path]],
    services: Services,
    progress: Progress,
    stack: ExitStack,
) -> dict[str, _Corpus]:
    """Return a corpus for every kind of case there is; all use the generator of `services`."""
    corpora: dict[str, _Corpus] = {}
    if given := [case for case in cases if case.corpus == "passages"]:
        corpora["passages"] = _passages_corpus(given, services, stack)
    if any(case.corpus == "documents" for case in cases):
        corpora["documents"] = _documents_corpus(documents, services, progress, stack)
    if any(case.corpus == "library" for case in cases):
        corpora["library"] = _Corpus(services.assistant, services.library, {})
    return corpora


def _passages_corpus(cases: Sequence[Case], services: Services, stack: ExitStack) -> _Corpus:
    folder = Path(stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)))
    library = SqliteLibrary(folder, embedder=services.embedder_name)
    stack.callback(library.close)
    max_passages = max(len(case.passages) for case in cases)
    given_services = GivenServices(
        services.settings.model_copy(update={"library": folder, "database": None, "passages": max_passages})
    )
    given_services.library, given_services.generator = library, services.generator
    return _Corpus(given_services.assistant, library, store_passages(cases, library))


def _documents_corpus(
    documents: Mapping[str, Collection[Path]], services: Services, progress: Progress, stack: ExitStack
) -> _Corpus:
    paths = {path for named in documents.values() for path in named}
    indexed, ids = index_files(paths, services.settings, progress, stack)
    indexed.generator = services.generator
    within = {case: frozenset(ids[path] for path in named) for case, named in documents.items() if named}
    return _Corpus(indexed.assistant, indexed.library, within)


def _exact_quotes(answer: Answer, library: Library) -> int:
    """Count the citations whose quote is exactly the characters they point at in the stored page."""
    exact = 0
    for citation in (citation for sentence in answer.sentences for citation in sentence.citations):
        page = library.page(answer.passages[citation.number - 1].chunk.document_id, citation.page)
        exact += page is not None and page.text[citation.start : citation.end] == citation.quote
    return exact
