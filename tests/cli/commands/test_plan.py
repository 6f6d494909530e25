"""`citewell plan` prints a table for people, and JSON for programs."""

import json

from typer.main import get_command
from typer.testing import CliRunner, Result

from cli.commands.plan import rounded
from cli.main import app
from observing.assumptions import AS_OF, Assumptions, Demand
from observing.capacity_plan import make_plan
from tests.observing.scaling_tables import assumption_rows


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ("plan", *arguments))


def test_a_plan_is_a_table_with_what_breaks_first_and_what_it_costs() -> None:
    found = make_plan(Demand(pages=20_000, users=50), Assumptions())
    shown = run("--pages", "20000", "--users", "50").stdout
    assert "20,000 pages" in shown
    assert all(part.engine in shown for part in found.parts)
    assert f"Price: ${rounded(found.monthly_price)} a month (prices assumed in {AS_OF})" in shown
    assert f"Breaks first: {found.first_limit.what}" in shown


def test_programs_get_the_same_as_json() -> None:
    told = json.loads(run("--pages", "20000", "--users", "50", "--questions-per-day", "8", "--gpu", "--json").stdout)
    found = make_plan(Demand(pages=20_000, users=50, gpu=True), Assumptions(questions_per_day=8))
    assert told["demand"] == {"pages": 20_000, "users": 50, "gpu": True}
    assert told["monthly_price"] == found.monthly_price
    assert [part["name"] for part in told["parts"]] == ["library", "app", "model"]
    assert told["first_limit"]["times"] == found.first_limit.times
    assert (told["assumptions"]["as_of"], told["assumptions"]["questions_per_day"]) == (AS_OF, 8)


def test_every_assumption_has_its_option() -> None:
    command = get_command(app).commands["plan"]  # type: ignore[attr-defined]
    options = {option for parameter in command.params for option in parameter.opts}
    assert {name for name, _ in assumption_rows(Assumptions())} <= options
