"""`citewell verify`: check an exported answer or conversation against the library."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli.options import JsonOption, LibraryOption, open_services, print_json
from rag.errors import ExportError


def verify(
    file: Annotated[
        Path, typer.Argument(help="File written by 'ask … --json' or 'conversations export'.", metavar="ANSWER.json")
    ],
    library: LibraryOption = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also have the language model judge the sentences' meaning again: slow.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check that exported answers still hold: same documents, quotes and support. Exit code 1 if not."""
    from cli import output_answers
    from rag.exports import answer_schema, verification

    exports = answer_schema.read_exports(_read(file), file.name)
    services = open_services(library=library)
    scorer = services.scorer if again else services.words_scorer
    result = verification.verify(exports, services.library, scorer, again=again)
    if as_json:
        made = [{"model": e.model, "citewell": e.citewell, "created_at": e.created_at} for e in exports]
        print_json({"file": str(file), "holds": result.holds, "made": made, **asdict(result)})
    else:
        output_answers.print_verification(result)
    raise typer.Exit(0 if result.holds else 1)


def _read(file: Path) -> str:
    from rag.exports import answer_schema

    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExportError(
            f"{file.name} is not an exported answer: it is not UTF-8 text. {answer_schema.HOW}"
        ) from error
    except OSError as error:
        raise ExportError(f"{file} cannot be read: {error.strerror}. {answer_schema.HOW}") from error
