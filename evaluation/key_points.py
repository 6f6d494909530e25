"""Grade an answer by the key points that a complete one has, without a language model.

A key point is a list of alternative spellings, and is reached when one of them occurs in the answer. Both sides are
normalised first: lower case; accents, punctuation and articles dropped; "%" read as "percent", "1,234" as "1234" and
"1,5" as "1.5". An alternative starts at a word's start and may end inside a word ("encrypt" finds "encrypted"), but one
of up to three characters, or one that ends in a digit, also ends there. A leading "*" lifts the first rule, for
compounds: "*leiter" finds "Projektleiter".

Matching strings is blunt: a right answer in unforeseen words loses a point, and a copy of the whole page wins them all.
So recall is to be read beside the number of words and the share of unsupported sentences.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af"
_SIGNS = str.maketrans({"%": " percent ", "\u2018": "'", "\u2019": "'", "\u00ad": None})
_MAX_WHOLE_WORD = 3
_WORDS_BEFORE = 5

_NEGATIONS = re.compile(
    r"\b(not|no|never|cannot|isnt|wasnt|arent|doesnt|didnt|rather than|instead of|nicht|kein\w*|pas|nunca|sin)\b"
)
_REFUSALS = re.compile(
    r"\b(?:do|does|did) ?(?:not|nt) (?:\w+ )?(?:say|state|mention|contain|give|provide|specify|include|answer|tell|"
    r"indicate|disclose|name|list|cover)"
    r"|\b(?:not|isnt) (?:\w+ )?(?:stated|mentioned|given|provided|specified|found|disclosed|contained|available|named)"
    r"|\bno (?:\w+ )?(?:information|answer|mention|evidence|indication)\b"
    r"|\b(?:cannot|can not|cant|could not|couldnt|unable to) (?:\w+ )?(?:find|answer|tell|determine|say)"
    r"|\bkeine (?:angabe|information|antwort)|\bno (?:se )?(?:indica|menciona|encuentra)|\bne (?:precise|mentionne|dit)"
    r"|没有(?:提到|说明|找到)|未提及"
)

KeyPoint = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The grade of one answer. None: there are no points to reach, or (`words`) it was refused.

    `recall` is the share of the key points reached, `missed` are the others; a refusal reaches none. `wrong`: it
    affirms what the case calls wrong, or answers what cannot be answered. `refused`: it was withheld, is empty, or says
    in words that there is no answer and reaches no point.
    """

    recall: float | None
    missed: tuple[KeyPoint, ...]
    wrong: bool
    refused: bool
    words: int | None


def grade(
    text: str, key_points: Sequence[KeyPoint], wrong: Sequence[str] = (), *, answerable: bool, abstained: bool
) -> Grade:
    """Grade the text of an answer."""
    normalised = normalise(text)
    missed = tuple(point for point in key_points if not any(occurs(each, normalised) for each in point))
    reaches_none = len(missed) == len(key_points)
    refused = abstained or not normalised or (reaches_none and denies_an_answer(normalised))
    if refused:
        missed = tuple(key_points)
    return Grade(
        recall=(len(key_points) - len(missed)) / len(key_points) if key_points and answerable else None,
        missed=missed,
        wrong=not refused and (not answerable or any(is_affirmed(each, normalised) for each in wrong)),
        refused=refused,
        words=None if refused else _word_count(text),
    )


def normalise(text: str) -> str:
    """Return the form in which answers and key points are compared."""
    text = unicodedata.normalize("NFKD", text)
    text = unicodedata.normalize("NFKC", re.sub("[\u0300-\u036f]", "", text)).translate(_SIGNS)
    text = re.sub(r"\b(?:a|an|the|An|The|THE)\b(?!')", " ", text)  # "A" alone stays: "Site A"
    text = text.lower().replace("per cent", "percent").replace("n't", "nt")
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)  # 1,234 -> 1234
    text = re.sub(r"(?<=\d),(?=\d)", ".", text)  # 1,5 -> 1.5
    text = re.sub(r"(?<!\d)\.|\.(?!\d)", " ", text)  # a point stays only inside a number
    text = re.sub(r"[^\w.]|_", " ", text)
    text = re.sub(rf"\s*([{_CJK}])\s*", r"\1", text)  # no blanks around Chinese, Japanese, Korean
    return re.sub(r"\s+", " ", text).strip()


def denies_an_answer(text: str) -> bool:
    """Return whether a text says somewhere that something is not stated or cannot be told."""
    return bool(_REFUSALS.search(normalise(text)))


def occurs(alternative: str, normalised: str) -> bool:
    """Return whether an alternative occurs in a normalised text."""
    pattern = _pattern(alternative)
    return bool(pattern and pattern.search(normalised))


def is_affirmed(string: str, normalised: str) -> bool:
    """Return whether a string occurs in a normalised text without a negation among the five words before it."""
    pattern = _pattern(string)
    for match in pattern.finditer(normalised) if pattern else ():
        before = " ".join(normalised[: match.start()].split()[-_WORDS_BEFORE:])
        if not _NEGATIONS.search(before):
            return True
    return False


@lru_cache(maxsize=4096)
def _pattern(alternative: str) -> re.Pattern[str] | None:
    needle = normalise(alternative.lstrip("*"))
    if not needle:
        return None
    pattern = re.escape(needle)
    if not alternative.startswith("*") and re.match(r"[^\W" + _CJK + "]", needle):
        pattern = rf"(?<![^\W{_CJK}])" + (r"(?<!\d\.)" if needle[0].isdigit() else "") + pattern
    if re.search(r"\d$", needle):
        pattern += r"(?!\d)(?!\.\d)"
    elif len(needle) <= _MAX_WHOLE_WORD and not re.search(rf"[{_CJK}]", needle):
        pattern += rf"(?![^\W{_CJK}])"
    return re.compile(pattern)


def _word_count(text: str) -> int:
    """Count words; two Chinese, Japanese or Korean characters are about one."""
    return len(text.split()) + len(re.findall(rf"[{_CJK}]", text)) // 2
