"""Measured figures that capacity is computed from; each names its line in `benchmarks/history/2026.md`.

Memory, disk and text are bytes, 1 GB is 10^9 of them. Processor times are of the cores of machines A, B and D there.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value. `line` stands in the history of results, in the line or row that the value was taken from."""

    value: float
    unit: str
    line: str


CHUNKS_PER_PAGE = Figure(7.30, "chunks", "| pages, chunks, chunks a page |")
FILE_PER_PAGE = Figure(8_437, "bytes", "| the files themselves, bytes a page | 8,437 |")
SQLITE_PER_CHUNK = Figure(3_301, "bytes", "| SQLite's file: pages, chunks, vectors in single precision | **3,301** |")
FAISS_PER_CHUNK = Figure(779, "bytes", "in half precision (60,000 vectors) | 1,544; **779** |")
WORDS_PER_CHUNK = Figure(106, "bytes", "| tantivy | **106** |")
POSTGRES_PER_CHUNK = Figure(5_678, "bytes", "all tables 4,108 and their indexes 1,570 | **5,678** |")
POSTGRES_SEARCHED_PER_CHUNK = Figure(2_200, "bytes", "postings 776, counts of words 211 | **2,200** |")

FOLDER_MEMORY_PER_CHUNK = Figure(
    (2.12e9 - 0.75e9) / 1e6, "bytes", "| 1,000,000 | 20 / 33 | 6 / 9 | 27 / **41.2** | **.965** | 2.12 GB, 0.75 |"
)
FOLDER_SEARCH_S = Figure(0.027, "seconds of a core, a million chunks", "| 1,000,000 | 20 / 33 | 6 / 9 | 27 /")
SMALL_FOLDER_SEARCH_S = Figure(0.020, "seconds of a core, 131,600 chunks", "| 131,600 | 12 / 27 | 2 / 3 | 20 /")
POSTGRES_SEARCH_S = Figure(
    0.0742, "seconds of a core, a million chunks", "| 1,000,000 | 53.7 / 70.1 | 18.3 / 39.6 | 74.2 /"
)
SMALL_POSTGRES_SEARCH_S = Figure(
    0.0306, "seconds of a core, 100,000 chunks", "| 100,000 | 23.5 / 28.6 | 5.8 / 9.4 | 30.6 /"
)

INGESTED_PAGES_PER_CORE_S = Figure(4583 / 344 / 2, "pages a second", "984 ready, 100 failed; 4,583 pages in 344 s")
WORKER_MEMORY = Figure(1.13e9 + 0.75e9, "bytes", "peak memory: program, largest reader | 1.13 GB, 0.75 GB")

PROMPT_TOKENS = Figure(984, "tokens", "| How is the word Debian pronounced, and where does the name come from? | 984 |")
ANSWER_TOKENS = Figure(547 / 6, "tokens", "over 547 tokens of six answers")
READS_PER_CORE_S = Figure(351 / 2, "tokens a second", "| **Citewell, four bits** | **3.2** | **379** | **351** |")
WRITES_PER_CORE_S = Figure(147 / 2, "tokens a second, 8 users", "| 8 users against 1, while all write |")
MODEL_MEMORY = Figure(2.03e9, "bytes", "peak memory of the generator's process | 2.35 GB | **2.03 GB**")

APP_CORE_S_PER_ANSWER = Figure(0.445, "seconds of a core, 4 at once", "| processor time of the app for an answer, one")
APP_MEMORY = Figure(836e6, "bytes", "| memory of the app's process before the first question; after 128 |")
SIGN_IN_CORE_S = Figure(1.116, "seconds of a core", "check a password (scrypt, N = 2^15, r = 8, p = 3, 32 MB)")

ANSWERS_STORED = Figure(5300, "bytes an answer", "10 answers each, 5.3 kB an answer")
