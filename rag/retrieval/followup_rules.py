"""Tell by rules whether a question leans on the conversation before it (pure).

It does if it goes on with what was said ("and in 2019?"), if a word of it refers to nothing in it ("who founded it?"),
or if it is too bare to search with ("in which year?"). Words that look alike and refer to nothing outside do not
count: "the fee that tenants pay", "are there any licences", "is it possible to cancel", "this document".
"""

import re

from rag.text.analyzer import content_words
from rag.text.characters import script_runs
from rag.text.language import detect_language
from rag.text.stop_words import FUNCTION_WORDS

NAME = re.compile(r"(?<=[\w,;:(“\"'] )[^\W\d_a-z][\w.-]*|^[^\W\d_a-z][\w.-]*(?= [^\W\d_a-z])")
"""A capitalised word inside a sentence, or one that begins a text and is followed by another."""
PRONOUN = re.compile(
    r"\b(it|its|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|former|latter)\b", re.IGNORECASE
)
_REFERENCE = re.compile(
    PRONOUN.pattern + r"|\b(?:the|which|that|this|another|other|last|next|first|second|third) one\b(?! of)"
    r"|\b(?:there|ones|others|else|again)\b|\b(?:one|so|more)\W*$|(?:\bthe |^\s*)same\b"
    r"|\bsuch\b(?! as)|\binstead\b(?! of)|\bthe above\b|\babove\W*$|\bprevious (?:one|question|answer|point)\b",
    re.IGNORECASE,
)

_WITHIN = re.compile(
    # "the fee that tenants pay": a clause about a thing that is named
    r"\b(?:the|an?|any|all|some|every|each|no|which|what|\w+thing)\s+"
    r"(?:(?!(?:of|about|in|on|at|for|to|with|by|from|after|before|since|during|than|like|is|are|was|were|do|does|did"
    r"|has|have|had)\b)[\w-]+\s+){0,2}that\b"
    # "does it say that the lease ends"
    r"|\b(?:say|says|said|states?|stated|requires?|means?|shows?|knows?|provides?|provided|ensures?|confirms?|so|such)"
    r"\s+that\s+(?=\w+\s+\w)"
    r"|\b(?:is|are|was|were|be|been)\s+there\b|\bthere\s+(?:is|are|was|were|has|have|will|can|exists?)\b"
    r"|\b(?:is|was|be)\s+it\s+(?:\w+\s+)?(?:possible|allowed|permitted|legal|illegal|necessary|required|mandatory"
    r"|compulsory|forbidden|prohibited|safe|worth|okay|ok|common|true|better|best)\s+(?:to|for|that)\b"
    r"|\b(?:does|did|will|would)\s+it\s+(?:take|cost)\s+(?:\w+\s+){0,3}to\b"
    # what the question before it in the same text asks for
    r"|(?<=\?)\s*(?:please\s+)?(?:list|name|explain|describe|show|count|compare|summari[sz]e)"
    r"\s+(?:all of |each of )?(?:it|them|these)(?:\s+all)?\W*$"
    # the documents that are asked, not the conversation
    r"|\b(?:this|that|these|those)\s+(?:documents?|files?|texts?|papers?|reports?|contracts?|agreements?|polic(?:y|ies)"
    r"|manuals?|articles?|books?|sources?|pages?|stud(?:y|ies)|websites?|software|licen[cs]es?)\b",
    re.IGNORECASE,
)
"""What looks like a reference to the conversation, and is none."""
_POSSESSIVE = re.compile(r"\b(?:its|their|his|her)\b", re.IGNORECASE)

_CONTINUES = re.compile(r"\s*(?:and|but|what about|how about|what else|how so|since when|until when)\b", re.IGNORECASE)
_TURNS = re.compile(r"\s*(?:or|also|then|so|really|more|go on|explain|elaborate)\b", re.IGNORECASE)
"""Openings of a follow-up if little comes after them: "so who pays?", and not "so what is the notice period of …"."""
_DEFINED = re.compile(
    r"\s*(?:(?:what|who|where|how \w+)(?:['’]s| is| are| was| were)|define|explain|describe)\s+"
    r"(?!(?:the|an?|my|our|your|next|new|left|wrong|different|further|more|again|better|simply)\b|\w+(?:ed|ble|ing)\b)\w",
    re.IGNORECASE,
)
"""A question about one thing that needs no other: "what is inflation?", and not "what is the price?"."""

_OPENINGS = {
    "de": "und|aber|was ist mit",
    "es": "¿?y|¿?pero",
    "fr": "et|mais",
    "it": "e|ed|ma",
    "nl": "en|maar",
    "pt": "e|mas",
    "ru": "а|и|но",
    "uk": "а|і|й|але",
    "ar": "ماذا عن|و",
}
_ANY_OPENING = re.compile(
    rf"\s*(?:{'|'.join(dict.fromkeys('|'.join(_OPENINGS.values()).split('|')))})(?:\s+[\w’'-]+){{1,3}}\W*$",
    re.IGNORECASE,
)
"""A question so short that its language is not known: an opening and three words at most."""
_FOREIGN_REFERENCE = re.compile(
    r"\b(?:ihn|ihm|ihnen|dessen|deren|dafür|daran|ella|ellos|ellas|eso|esto|celui-ci|celle-ci|cela|ça|он|она|они|его|её|их"
    r"|هو|هي|هم|ذلك|تلك|هذا|هذه)\b"
    r"|^\s*(?:那|还有|還有|では|じゃあ)|他们|他們|她|它|[这這那][个個](?![\u4e00-\u9fff])|彼|それ|その",
    re.IGNORECASE,
)
"""Words that refer to the conversation, in other languages: those that hardly stand before what they mean."""
_BARE_CHARACTERS = 6
"""Most characters of a question without spaces that is too bare to stand alone."""


def is_follow_up(question: str) -> bool:
    """Return whether the question refers to the conversation, or is too bare to stand alone."""
    language = detect_language(question)
    if language not in ("", "en"):
        opening = _OPENINGS.get(language)
        continues = bool(opening and re.match(rf"\s*(?:{opening})\s", question, re.IGNORECASE))
        return continues or bool(_FOREIGN_REFERENCE.search(question)) or _is_bare_in(question, language)
    if _CONTINUES.match(question) or _ANY_OPENING.match(question) or _refers(question):
        return True
    turned = _TURNS.match(question)
    return _is_bare(question[turned.end() :] if turned and not _DEFINED.match(question) else question)


def _refers(question: str) -> bool:
    question = _WITHIN.sub(" ", question)
    before, ones, after = question.partition(" ones")
    if ones and any(map(_is_plural, re.findall(r"\w+", before.lower()))):  # "which licences are examples of free ones"
        question = before + after
    named = NAME.search(question)
    if named and (owner := _POSSESSIVE.search(question, named.end())):  # "does Debian publish its constitution"
        question = question[: owner.start()] + question[owner.end() :]
    return bool(_REFERENCE.search(question))


def _is_plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and word not in FUNCTION_WORDS and not PRONOUN.fullmatch(word)


def _is_bare(question: str) -> bool:
    """Return whether the question has no word to search with, or one that needs another ("in which year?")."""
    words = [word for word in re.findall(r"\w+", question.lower()) if word not in FUNCTION_WORDS]
    return not words or (len(words) == 1 and not _DEFINED.match(question))


def _is_bare_in(question: str, language: str) -> bool:
    """Return the same of a question in another language."""
    unspaced = sum(len(run) for run, kind in script_runs(question) if kind)
    return unspaced <= _BARE_CHARACTERS and len(content_words(question, language)) <= 1
