"""Say below a refusal which documents were not asked: what was looked for may stand in them."""

from collections.abc import Set
from dataclasses import replace

from rag.services import Services
from rag.text.message_catalogues import messages_in
from rag.types import Answer
from serving.ownership import readable_documents

_NAMED = 3
_CANDIDATES = 10


def with_unticked(answer: Answer, services: Services, owner: str, excluded: Set[int]) -> Answer:
    """Return a refusal with a note of the documents that were left out of the search, the likeliest named.

    Any other answer, and one to a question asked of all documents, is returned as it is.
    """
    if not (answer.abstained and excluded):
        return answer
    names = {each.id: each.name for each in readable_documents(services, owner) if each.id in excluded}
    if not names:
        return answer
    found = services.retriever.retrieve(answer.query or answer.question, _CANDIDATES, frozenset(names))
    likely = list(dict.fromkeys(names[passage.chunk.document_id] for passage in found)) or sorted(names.values())
    note = messages_in(answer.language).ngettext(
        "{number} document was not searched, because it is not ticked or is filtered out: {names}.",
        "{number} documents were not searched, because they are not ticked or are filtered out, among them {names}.",
        len(names),
    )
    said = note.format(number=len(names), names=", ".join(likely[:_NAMED]))
    return replace(answer, notes=(*answer.notes, said))
