"""Read from the model's hidden states whether a quote answers a question with yes or with no.

A small model that answers a yes/no question begins with "Yes" whatever the sources say. Asked beside examples whether
it is yes or no, its hidden state tells better, as it does of claims (`claim_probe`). The probe is a direction in that
state (`answerability_probe.Probe`); it is fitted to one model and this prompt by
`python -m benchmarks.quality.fit_yes_no`.
"""

from rag.interfaces import Message

_INSTRUCTION = "You answer questions by a quote with yes or no."

_EXAMPLES = (
    ("Pets must stay outside the grounds.", "Are dogs allowed in the garden?", "No"),
    ("Deliveries are made every day of the week.", "Do you deliver on Sundays?", "Yes"),
    ("Der Eintritt kostet 5 Euro.", "Ist der Eintritt frei?", "No"),
    ("We are open from Tuesday to Friday.", "Is the shop closed on Monday?", "Yes"),
    ("Se aceptan efectivo y tarjetas.", "¿Puedo pagar con tarjeta?", "Yes"),
    ("The deposit is due before the keys are handed over.", "Can the deposit be paid later?", "No"),
)
"""Quotes, questions and their answers."""


def yes_no_messages(question: str, quote: str) -> list[Message]:
    """Return what the model reads, at whose end the probe looks; a change asks for a new fit."""
    messages: list[Message] = [{"role": "system", "content": _INSTRUCTION}]
    for shown, asked, answer in _EXAMPLES:
        messages += [{"role": "user", "content": _asked(asked, shown)}, {"role": "assistant", "content": answer}]
    return [*messages, {"role": "user", "content": _asked(question, quote)}]


def _asked(question: str, quote: str) -> str:
    return f"Quote: {quote}\nQuestion: {question}"
