"""`citewell doctor`: one page about this installation, to look at or to paste into a report."""

from dataclasses import asdict

import typer

from cli.options import JsonOption, LibraryOption, print_json, read_settings

_MARKS = {"fine": "[green]✓[/]", "attention": "[yellow]![/]", "fault": "[red]✗[/]"}


def doctor(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Look at the machine, models, library and settings; nothing is changed. Exit code 1 if something cannot work.

    The page has no secrets, and nothing of documents: it can be pasted into a report.
    """
    from cli import output
    from observing.checkup import findings

    found = list(findings(read_settings(library=library)))
    if as_json:
        print_json([asdict(each) for each in found])
    else:
        width = max(len(each.about) for each in found)
        for each in found:
            output.out.print(f"{_MARKS[each.state]} {each.about:{width}}  {output.printable(each.text)}")
            if each.advice:
                output.out.print(f"  {'':{width}}  [dim]→[/] {output.printable(each.advice)}")
    if any(each.state == "fault" for each in found):
        raise typer.Exit(1)
