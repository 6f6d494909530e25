"""Measure ingestion: the outcome of every file, memory, speed.

    python -m benchmarks.ingestion files DIR           every file of a folder: states, reasons, peak memory, seconds
    python -m benchmarks.ingestion long DIR            a document of 3,000 pages, joined from PDFs, against one of 150
    python -m benchmarks.ingestion passages CORPUS     passages of a corpus end to end against the embedder alone

Each prints a few lines, and uses a temporary library and the embedder of the settings. `--quick` chunks by the tokens
of the embedder, but makes up the vectors, which leaves reading, chunking and storing. Processor seconds are those of
this process and of the reading processes, so that they do not depend on how busy the machine is.
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from threading import Event, Thread

import psutil
import pypdfium2

from benchmarks.machine import describe, peak_memory_gb
from benchmarks.made_vectors import CrcEmbedder
from evaluation.indexing import prepare_document
from evaluation.labelled_set import read_corpus
from ingest.pipeline import Ingestor, open_ingestor
from rag.interfaces import Embedder
from rag.services import Services
from rag.settings import load_settings
from rag.text.document_names import with_context

_LOOK_SECONDS = 0.02
_PAGES = (150, 3000)
_KILLED = ("crashes the reader", "nothing came for", "ends the reader unexpectedly", "was stopped", "the reader fails")


@dataclass
class Spent:
    """Wall-clock and processor seconds of a piece of work."""

    seconds: float = 0.0
    processor_seconds: float = 0.0


@contextmanager
def measure_time() -> Iterator[Spent]:
    """Measure the time of the block."""
    spent = Spent()
    started, processor = time.perf_counter(), _processor_seconds()
    yield spent
    spent.seconds, spent.processor_seconds = time.perf_counter() - started, _processor_seconds() - processor


class QuickEmbedder(CrcEmbedder):
    """Count tokens like another embedder, but make up vectors of its dimension."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.model_name, self.dimension, self.max_tokens = embedder.model_name, embedder.dimension, embedder.max_tokens
        self.is_multilingual = embedder.is_multilingual

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the token counts of the real embedder."""
        return self._embedder.count_tokens(texts)


class PeakMemory:
    """Print the peak memory of this process and of its largest child, sampled every few milliseconds."""

    def __init__(self) -> None:
        self.children = 0
        self._done = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        print(f"peak memory: {peak_memory_gb():.2f} GB, largest reading process {self.children / 1e9:.2f} GB")

    def _watch(self) -> None:
        own = psutil.Process()
        while not self._done.wait(_LOOK_SECONDS):
            for child in own.children():
                with suppress(psutil.Error):  # it has ended
                    self.children = max(self.children, child.memory_info().rss)


@contextmanager
def ingestor_of(folder: Path, quick: bool) -> Iterator[tuple[Services, Ingestor]]:
    """Yield an ingestor for an empty library, its embedder loaded."""
    with Services(load_settings(library=folder)) as services:
        embedder = services.embedder  # loading it does not count as ingesting
        if quick:
            services.__dict__["embedder"] = QuickEmbedder(embedder)
        yield services, open_ingestor(services)


def files(folder: Path, quick: bool) -> None:
    """Ingest every file of a folder, and print their states and reasons."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    with tempfile.TemporaryDirectory() as made, ingestor_of(Path(made), quick) as (services, ingestor):
        with measure_time() as spent, PeakMemory():
            results = list(ingestor.ingest([str(path) for path in paths]))
            ingestor.close()
        ledger = services.library.ledger()
        findings = [*services.library.findings(), *services.indexes.findings()]
    pages = sum(result.pages for result in results if result.status == "added")
    print(f"{len(paths)} files, {pages} pages, {spent.seconds:.0f} s, {spent.processor_seconds:.0f} s of processor")
    print(
        f"states: {dict(Counter(entry.state for entry in ledger))}; {len(ledger)} in the ledger; {findings or 'sound'}"
    )
    killed = [result for result in results if any(word in result.reason for word in _KILLED)]
    print(f"readers that crashed, hung or failed unexpectedly: {len(killed)}")
    for result in killed:
        print(f"    {Path(result.source).relative_to(folder.resolve())}: {result.reason}")
    for reason, count in Counter(result.reason for result in results if result.reason).most_common():
        print(f"{count:5} {reason}")


def long(folder: Path, pages_of: Sequence[int], quick: bool) -> None:
    """Compare the time per page of a long document with that of a short one."""
    with tempfile.TemporaryDirectory() as made:
        per_page = []
        for pages in pages_of:
            path = _joined(folder, pages, Path(made))
            with (
                ingestor_of(Path(made, f"library-{pages}"), quick) as (_, ingestor),
                PeakMemory(),
                measure_time() as spent,
            ):
                result = ingestor.ingest_file(path)
                ingestor.close()
            seconds, processor = spent.seconds / result.pages, spent.processor_seconds / result.pages
            per_page.append((seconds, processor))
            print(
                f"{result.pages} pages: {result.status}, {result.chunks} chunks, {1000 * seconds:.1f} ms a page, "
                f"{1000 * processor:.1f} ms of processor a page {result.reason}"
            )
    (short, short_processor), (long_, long_processor) = per_page
    print(f"ratio {long_ / short:.2f}, of processor time {long_processor / short_processor:.2f}")


def passages(corpus: Path, limit: int, runs: int) -> None:
    """Compare passages end to end (chunked, embedded, stored, indexed) with embedding the same texts."""
    documents = list(islice(read_corpus(corpus), limit))
    alone, whole = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as made, ingestor_of(Path(made), quick=False) as (services, ingestor):
            chunker = ingestor.preparer.chunker
            steps = [prepare_document(document, chunker) for document in documents]
            chunks = [(step.content.document.name, chunk) for step in steps for chunk in step.content.chunks]
            texts = sorted((with_context(name, c.heading, c.text) for name, c in chunks), key=len, reverse=True)
            with measure_time() as spent:
                for start in range(0, len(texts), 128):
                    services.embedder.embed_documents(texts[start : start + 128])
            alone.append(spent)
            with measure_time() as spent:
                count = sum(1 for _ in ingestor.store(prepare_document(document, chunker) for document in documents))
                services.indexes.refresh()
            whole.append(spent)
    for name, runs_ in (("embedder alone", alone), ("end to end", whole)):
        rate = count / statistics.median(spent.seconds for spent in runs_)
        processor = statistics.median(spent.processor_seconds for spent in runs_)
        print(
            f"{name}: {rate:.1f} documents/s, {processor:.1f} s of processor, {len(texts)} chunks of {count} documents"
        )
    ratios = [end.processor_seconds / only.processor_seconds for only, end in zip(alone, whole, strict=True)]
    print(f"processor time end to end / embedder alone: {statistics.median(ratios):.3f}")


def _joined(folder: Path, pages: int, made: Path) -> Path:
    """Return a PDF of so many pages, joined from those in a folder."""
    joined = pypdfium2.PdfDocument.new()
    for path in cycle(sorted(folder.rglob("*.pdf"))):  # from the beginning again if there are not enough
        part = pypdfium2.PdfDocument(path)
        wanted = range(min(len(part), pages - len(joined)))
        joined.import_pages(part, list(wanted))
        part.close()
        if len(joined) >= pages:
            break
    name = made / f"joined-{len(joined)}.pdf"
    joined.save(name)
    joined.close()
    return name


def _processor_seconds() -> float:
    """Return those of this process and its ended children: a reading process counts once its ingestor is closed."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def main() -> None:
    """Measure what the arguments name, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["files", "long", "passages"])
    parser.add_argument("path", type=Path)
    parser.add_argument("--limit", type=int, default=5000, help="passages of the corpus")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--pages", type=int, nargs=2, default=_PAGES, help="of the short and the long document")
    parser.add_argument("--quick", action="store_true", help="with made-up vectors")
    options = parser.parse_args()
    print(describe())
    if options.what == "passages":
        passages(options.path, options.limit, options.runs)
    elif options.what == "long":
        long(options.path, options.pages, options.quick)
    else:
        files(options.path, options.quick)


if __name__ == "__main__":
    main()
