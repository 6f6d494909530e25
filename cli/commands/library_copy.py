"""`citewell library copy`: a whole library from one place to another, in a folder or in PostgreSQL."""

from contextlib import closing
from dataclasses import asdict
from typing import Annotated

import typer

from cli.options import JsonOption, print_json, read_settings


def copy(
    source: Annotated[
        str, typer.Argument(help="The library to copy: a folder, or postgresql://USER@HOST:PORT/NAME.", metavar="FROM")
    ],
    target: Annotated[str, typer.Argument(help="Where to: a folder or database without a library.", metavar="TO")],
    as_json: JsonOption = False,
) -> None:
    """Copy documents, conversations and notes into a folder or a PostgreSQL database, and read everything back.

    Stop the programs that use either first. Ids stay the same. If it was interrupted, run it again: it goes on.
    """
    from cli import output
    from rag.runtime.audit_log import record
    from rag.stores.copy_rounds import copy_library, open_end

    with output.show_progress() as report, closing(open_end(source)) as from_, closing(open_end(target)) as to:
        copied = copy_library(from_, to, report)
        places = {"from": from_.label, "to": to.label}
    record(read_settings().audit_log, "library-copied", detail=f"{places['from']} to {places['to']}")
    if as_json:
        print_json({**places, **asdict(copied), "verified": True})
        return
    nouns = {"documents": "document", "chunks": "chunk", "conversations": "conversation", "notes": "note"}
    counts = ", ".join(output.count(copied.rows[table], noun) for table, noun in nouns.items())
    already = "" if copied.units else "Nothing to copy: it was there already. "
    output.out.print(f"{already}{counts} read back from {to.label}, the same as in {from_.label}", markup=False)
