"""OpenTelemetry traces, if the standard `OTEL_*` variables ask for them and the extra `traces` is installed."""

import os
from typing import TYPE_CHECKING

from rag.errors import SettingsError, needing_extra

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Tracer:
    """Makes spans with a provider of its own: what other libraries would trace stays off."""

    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("citewell")

    def start_span(self, name: str, start_time: int) -> "Span":
        """Start a trace, at a time in nanoseconds."""
        return self._tracer.start_span(name, start_time=start_time)

    def start_child(self, name: str, parent: "Span", start_time: int) -> "Span":
        """Start a span in another."""
        from opentelemetry.trace import set_span_in_context

        return self._tracer.start_span(name, context=set_span_in_context(parent), start_time=start_time)

    def close(self) -> None:
        """Send what has not been sent."""
        self._provider.shutdown()


_tracer: Tracer | None = None


def tracer() -> Tracer | None:
    """Return the tracer of this process; None if traces are off."""
    return _tracer


def use(new: Tracer | None) -> None:
    """Trace with this from now on; None turns traces off."""
    global _tracer
    _tracer = new


def are_wanted() -> bool:
    """Return whether the variables ask for traces: by default nothing is sent anywhere."""
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporter = os.environ.get("OTEL_TRACES_EXPORTER", "")
    if exporter:
        return exporter != "none"
    return any(os.environ.get(name) for name in _ENDPOINTS)


def begin() -> Tracer | None:
    """Begin to trace if the variables ask for it. Close the tracer at the end.

    Raises:
        SettingsError: they ask for what is not installed, or for another exporter than OTLP.
    """
    if not are_wanted():
        return None
    exporter = os.environ.get("OTEL_TRACES_EXPORTER", "otlp")
    if exporter != "otlp":
        raise SettingsError(f"Citewell sends traces by OTLP only, and OTEL_TRACES_EXPORTER is '{exporter}'.")
    missing = "OTEL_* variables ask for traces, and the packages for them are missing."
    with needing_extra("traces", missing, rest=", or unset the variables"):
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    named = os.environ.get("OTEL_SERVICE_NAME") or "citewell"
    provider = TracerProvider(resource=Resource.create({"service.name": named}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    made = Tracer(provider)
    use(made)
    return made
