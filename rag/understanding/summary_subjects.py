"""Tell what a summary is to be about: a subject, or everything there is in a document."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from rag.text.analyzer import content_words
from rag.text.characters import script_runs
from rag.text.document_names import readable_name
from rag.types import DocumentFacts

_THINGS = frozenset(
    "document paper report text article book file speech essay pdf "  # English
    "documents papers reports texts articles books files speeches essays pdfs "
    "dokument bericht artikel buch datei schriftstück dokumente berichte bücher dateien "
    "documento informe texto artículo libro archivo discurso documentos informes textos artículos libros archivos "
    "rapport texte livre fichier discours rapports textes livres fichiers".split()
)
"""What people call a document without naming it."""

_GENERAL = _THINGS | frozenset(
    "summarise summarize summary overview gist tldr tl dr about contents content whole entire complete full give tell "
    "show write make please me us you this that these those them it its all every everything of general "
    "fass fasse fassen zusammen zusammenfassen zusammenfassung überblick übersicht inhalt inhalte gib geben bitte geht "
    "handelt worum ganze ganzes gesamte alle alles mir dies dieses diesen dieser schreib schreibe erstelle "
    "resume resumir resumen resuma resumes contenido general visión trata favor da dame haz hazme todo todos estos "
    "este esta résume résumer résumez résumé aperçu contenu synthèse donne donnez fais faites moi parle entier plaît "
    "ce cet cette ces tout tous".split()
)
"""Words of a question that asks for a summary of everything there is in a document."""

_FORMS = frozenset(
    "main points point key most important central short shortly brief briefly detail detailed speech section "
    "chapter findings finding find found takeaways takeaway topics ideas say says said sentence sentences paragraph "
    "bullet bullets two three four five six seven eight ten".split()
)
"""Words that say which form a summary is to have, and nothing of what it should be about."""

_CHINESE = re.compile(
    r"主要内容|主要內容|所有|全部|请|請|帮我|幫我|给我|給我|总结|總結|概括|概述|摘要|一下|一个|一個|[这這该該本此的了份个個篇]|文件|文档|文檔|文章|报告|報告"
    r"|讲|講|说|說|什么|什麼|是|内容|內容|全文"
)
_CHINESE_THING = re.compile(r"文件|文档|文檔|文章|报告|報告|全文")

_SUFFIX = re.compile(r"\.\w{2,5}\b")
_POSSESSIVE = re.compile(r"['’]s?$")
_ELISION = re.compile(r"^\w{1,2}['’](?=\w\w)")


def summary_subject(question: str, language: str) -> set[str]:
    """Return the words of a question that say what a summary should be about."""
    left = _CHINESE.sub(" ", question)
    unspaced = {run for run, script in script_runs(left) if script}
    return unspaced | subject_words(left, language)


def subject_words(text: str, language: str) -> set[str]:
    """Return the words of a question or a name that say what it is about; it may be a file's: "ACME_2018.pdf"."""
    found = content_words(readable_name(_SUFFIX.sub("", text)), language)
    return {_ELISION.sub("", _POSSESSIVE.sub("", word.lower())) for word in found} - _GENERAL


def names_a_thing(question: str) -> bool:
    """Return whether a question names a document as people do: "this report"."""
    return bool(_THINGS & set(re.findall(r"\w+", question.lower())) or _CHINESE_THING.search(question))


def is_about_everything(question: str, language: str) -> bool:
    """Return whether a summary is asked of everything there is, in whatever form."""
    return not summary_subject(question, language) - _FORMS


def subject_in_order(wording: str) -> list[str]:
    """Return the words of a wording that say what a summary should be about, in their order."""
    return [word for word in content_words(wording) if word.lower() not in _GENERAL | _FORMS]


def named_documents(
    question: str, language: str, names: Mapping[int, str], facts: Mapping[int, DocumentFacts]
) -> list[int]:
    """Return the documents that a summary is asked of by the names of their files, or by names or titles alone."""
    of_files = [id_ for id_, name in names.items() if _SUFFIX.search(name) and _has_name(question, name)]
    return of_files or documents_called(summary_subject(question, language) - _FORMS, names, facts)


def documents_called(
    focus: AbstractSet[str], names: Mapping[int, str], facts: Mapping[int, DocumentFacts]
) -> list[int]:
    """Return the documents of whose name or title these words are at least half, and nothing else."""
    if not focus or any(script for word in focus for _, script in script_runs(word)):
        return []
    return [id_ for id_, name in names.items() if _is_called(focus, name, facts.get(id_))]


def _is_called(focus: AbstractSet[str], name: str, facts: DocumentFacts | None) -> bool:
    for label in (name, facts.title if facts else ""):
        words = subject_words(label, "")
        if focus <= words and 2 * len(focus) >= len(words):
            return True
    return False


def _has_name(question: str, name: str) -> bool:
    is_there = name.lower() in question.lower()  # a library may have many names
    return is_there and bool(re.search(rf"(?<![\w.-]){re.escape(name)}(?!\w)", question, re.IGNORECASE))
