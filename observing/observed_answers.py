"""Count and trace an answer by its events, as they pass from the assistant to a face."""

from collections.abc import Iterator

from observing import process_metrics as metrics
from observing.answer_trace import AnswerTrace
from rag.types import Answer, Event


def observed(events: Iterator[Event]) -> Iterator[Event]:
    """Yield the events of `Assistant.ask`, and count and trace the answer."""
    trace = AnswerTrace()
    try:
        with metrics.RUNNING.track_inprogress():
            for event in events:
                trace.note(event)
                if isinstance(event, Answer):
                    metrics.count_answer(event)
                yield event
    except Exception as error:
        metrics.count_error(error, ends_answer=True)
        trace.fail(error)
        raise
    finally:
        trace.end()
