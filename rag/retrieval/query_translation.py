"""Search for a question also in the language of the documents."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet

from rag.interfaces import Retriever
from rag.runtime.progress import CancelEvent
from rag.text.language import LANGUAGE_NAMES, detect_language

Translate = Callable[[str, str, CancelEvent | None], str]


def search_wordings(
    query: str,
    retriever: Retriever,
    translate: Translate | None,
    within: AbstractSet[int] | None,
    cancelled: CancelEvent | None,
) -> list[str]:
    """Return the query, and its translation where most of the documents are in another language.

    `translate` returns it in that, or "".
    """
    language = target_language(query, retriever.languages(within)) if translate else ""
    translated = translate(query, language, cancelled) if translate and language else ""
    return [query, translated] if translated else [query]


def target_language(question: str, languages: Mapping[str, int]) -> str:
    """Return the language to translate a question into; "" if the documents are in its own, or it is not known.

    `languages` has the number of passages in each. The target is the one that most of them are in: a few others must
    not cost every question a translation.
    """
    own = detect_language(question)
    known = {language: count for language, count in languages.items() if language}
    if not own or not known:
        return ""
    main = max(known, key=lambda language: (known[language], language))
    return main if main != own and main in LANGUAGE_NAMES else ""
