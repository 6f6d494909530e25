"""Check what a model thinks before its answer: it is shown to people on demand, and is no part of the answer.

So it must not act on a terminal or page, nor say what the content filter objects to; but whatever it says, the answer
goes on.
"""

from collections.abc import Generator, Iterator
from dataclasses import replace

from rag.interfaces import ContentFilter, TextDelta, ThoughtDelta
from rag.postprocessing.output_checks import OutputChecks


def check_thoughts(deltas: Iterator[TextDelta], content_filter: ContentFilter | None = None) -> Generator[TextDelta]:
    """Yield the deltas with the thinking cleaned, and cut off where it repeats itself or the filter objects."""
    checks: OutputChecks | None = None
    try:
        for delta in deltas:
            if isinstance(delta, ThoughtDelta):
                checks = checks or OutputChecks(content_filter)
                thought = "" if checks.reason else checks.push(delta.thought)
                if thought:
                    yield replace(delta, thought=thought)
                continue
            if checks and (delta.text or delta.stop_reason):
                thought = "" if checks.reason else checks.finish()
                checks = None
                if thought:
                    yield ThoughtDelta("", 0, thought=thought)
            yield delta
    finally:
        if isinstance(deltas, Generator):
            deltas.close()
