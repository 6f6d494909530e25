"""Read the metrics of this process as Prometheus does."""

from prometheus_client.parser import text_string_to_metric_families

from observing import process_metrics as metrics


def samples(text: str = "") -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return the values of all samples, by name and labels."""
    families = text_string_to_metric_families(text or metrics.exposition().decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def value(name: str, **labels: str) -> float:
    return samples().get((name, tuple(sorted(labels.items()))), 0.0)
