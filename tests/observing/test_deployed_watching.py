"""The dashboard and the alerts of `deploy/` ask for metrics, labels and outcomes that there are."""

import json
import re
from collections.abc import Iterator

from prometheus_client import Counter, Gauge, Histogram

from observing import process_metrics
from serving.upload_progress import STATES
from tests.support.paths import ROOT

OUTCOMES = {"answered", "refused", "cancelled", "failed", "added", "replaced", "unchanged", "locked"}
DASHBOARD = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text())
RULES = (ROOT / "deploy" / "alerts.yml").read_text()
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
ALERTS = dict(re.findall(r"alert: (\w+)\n +expr: (.+)", RULES))


def names() -> Iterator[str]:
    """Yield the names of the samples that `/metrics` has once everything has happened."""
    for metric in process_metrics.REGISTRY.collect():
        yield from {"counter": [f"{metric.name}_total"], "histogram": [f"{metric.name}_bucket"]}.get(
            metric.type, [metric.name]
        )


def labels() -> set[str]:
    found = {"le", "job"}
    for collector in list(process_metrics.REGISTRY._collector_to_names):
        if isinstance(collector, Counter | Gauge | Histogram):
            found |= set(collector._labelnames)
    return found


def test_a_query_asks_for_what_there_is() -> None:
    for query in (*QUERIES, *ALERTS.values()):
        assert set(re.findall(r"citewell_\w+", query)) <= set(names())
        grouped = {label.strip() for group in re.findall(r"by \(([^)]*)\)", query) for label in group.split(",")}
        chosen = re.findall(r"(\w+)=\"(\w+)\"", query)
        assert grouped | {label for label, _ in chosen} <= labels(), query
        assert {value for label, value in chosen if label == "outcome"} <= OUTCOMES, query
        assert {value for label, value in chosen if label == "state"} <= set(STATES), query


def test_the_documentation_names_every_alert() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    assert set(re.findall(r"^\| `(Citewell\w+)`", text, re.MULTILINE)) == set(ALERTS)
    assert len(ALERTS) == RULES.count("alert:")
