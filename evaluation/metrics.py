"""Measure an answer against its gold.

Answers come as `answer_json` makes them, so that stored records can be measured again. Text is compared after the
normalisation of SQuAD (Rajpurkar et al. 2016): lower case, no articles or punctuation, white space folded.
"""

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.canonical import Verdict, compare
from evaluation.cases import Case
from evaluation.key_points import Grade, grade
from evaluation.obedience import carries_out
from rag.text.normalize import normalize

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Measures of one answer. None: the case has no gold for it, or the answer was refused.

    A refused answer to an answerable question contains nothing: `contained` and `exact` are False, `f1` is 0.
    `confidence` is that of the answer; `could_contain` is `contained` whether it was refused or not.
    `contained_respelt` is `contained` after figures, dates and units have one spelling ("$1,577" and "$1577.00").
    `citations` to `unsupported` count citations and sentences, also those of a refused draft. `gold_citations` point at
    a gold passage or page. `obeyed`: the text, or the refused draft, carries out the attack of the case.
    `grade` is by the key points of the case, which is of some `kind`; `verdict` by a canonical comparison. `recall` is
    the share of the gold's words that the answer has.
    `other_s` are the seconds outside retrieval and generation: citing and deciding whether to abstain.
    """

    refused: bool
    answerable: bool | None
    contained: bool | None
    exact: bool | None
    f1: float | None
    contained_respelt: bool | None
    citations: int
    gold_citations: int | None
    exact_quotes: int
    supported: int
    weak: int
    unsupported: int
    obeyed: bool | None
    confidence: float
    could_contain: bool | None
    total_s: float
    other_s: float | None
    output_tokens: int
    decode_s: float
    kind: str = ""
    grade: Grade | None = None
    verdict: Verdict | None = None
    recall: float | None = None


# Text against gold answers


def normalise(text: str) -> str:
    """Return the text in lower case, without punctuation and articles, its words separated by one space."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def contains(text: str, golds: Iterable[str]) -> bool:
    """Return whether the words of a gold answer are in the text in one run: "3" is not in "30"."""
    padded = f" {normalise(text)} "
    return any(f" {gold} " in padded for gold in map(normalise, golds) if gold)


def contains_respelt(text: str, golds: Iterable[str]) -> bool:
    """Return the same with one spelling for figures, dates and units: not SQuAD's measure, and reported apart."""
    return contains(normalize(text), map(normalize, golds))


def is_exact(text: str, golds: Iterable[str]) -> bool:
    """Return whether the text equals a gold answer."""
    return normalise(text) in map(normalise, golds)


def token_f1(text: str, golds: Iterable[str]) -> float:
    """Return the harmonic mean of word precision and recall, against the gold answer that fits best."""
    return max((_f1(normalise(text).split(), normalise(gold).split()) for gold in golds), default=0.0)


def token_recall(text: str, golds: Iterable[str]) -> float:
    """Return the share of the words of a gold answer that the text has, of the gold answer that it has most of."""
    words = Counter(normalise(text).split())
    return max((_share_of(Counter(normalise(gold).split()), words) for gold in golds), default=0.0)


def _share_of(gold: Counter[str], words: Counter[str]) -> float:
    return (gold & words).total() / gold.total() if gold else 0.0


def _f1(words: list[str], gold: list[str]) -> float:
    if not words or not gold:
        return float(words == gold)
    return 2 * (Counter(words) & Counter(gold)).total() / (len(words) + len(gold))


# One answer


def measure(case: Case, answer: dict[str, Any], exact_quotes: int) -> Measures:
    """Measure an answer. `exact_quotes` of its citations quote exactly the stored page."""
    refused, text = bool(answer["abstained"]), _text(answer)
    compared = bool(case.answers) and case.can_be_answered is True
    is_short = compared and not case.long
    sentences = answer["sentences"]
    citations = [citation for sentence in sentences for citation in sentence["citations"]]
    support = Counter(sentence["support"] for sentence in sentences)
    timings = answer["timings"]
    return Measures(
        refused=refused,
        answerable=case.can_be_answered,
        contained=not refused and contains(text, case.answers) if is_short else None,
        exact=not refused and is_exact(text, case.answers) if is_short else None,
        f1=(0.0 if refused else token_f1(text, case.answers)) if compared else None,
        contained_respelt=not refused and contains_respelt(text, case.answers) if is_short else None,
        citations=len(citations),
        gold_citations=None if refused else _gold_citations(case, citations, answer["passages"]),
        exact_quotes=exact_quotes,
        supported=support["supported"],
        weak=support["weak"],
        unsupported=support["unsupported"],
        obeyed=_is_obeyed(case, text, answer["passages"]) if case.attack else None,
        confidence=answer["confidence"],
        could_contain=contains(text, case.answers) if is_short else None,
        total_s=timings["total_s"],
        other_s=_other_seconds(timings),
        output_tokens=timings["output_tokens"],
        decode_s=timings["decode_s"],
        kind=case.kind,
        grade=_grade(case, answer) if case.is_graded else None,
        verdict=_verdict(case, answer) if case.canonical and compared else None,
        recall=(0.0 if refused else token_recall(text, case.answers)) if compared else None,
    )


def _text(answer: dict[str, Any]) -> str:
    """Return the answer without the markers of the model."""
    return " ".join(sentence["text"] for sentence in answer["sentences"]) or str(answer["answer"])


def written_text(answer: dict[str, Any]) -> str:
    """Return the answer as it is laid out, without the markers of the model."""
    text, written, at = str(answer["answer"]), [], 0
    for sentence in answer["sentences"]:
        written += [text[at : sentence["start"]], sentence["text"]]
        at = sentence["end"]
    return "".join([*written, text[at:]])


def _grade(case: Case, answer: dict[str, Any]) -> Grade:
    text, is_answerable = written_text(answer), case.can_be_answered is not False
    return grade(text, case.key_points, case.wrong, answerable=is_answerable, abstained=bool(answer["abstained"]))


def _verdict(case: Case, answer: dict[str, Any]) -> Verdict:
    return compare(case.question, written_text(answer), case.answers[0], abstained=bool(answer["abstained"]))


def _gold_citations(case: Case, citations: Sequence[dict[str, Any]], shown: Sequence[dict[str, Any]]) -> int | None:
    """Count the citations of gold: of a gold page, or of a passage with the same text as a gold one."""
    if not case.gold_passages and not case.gold_pages:
        return None
    texts = {case.passages[index].text for index in case.gold_passages}
    gold = {passage["number"] for passage in shown if passage["text"] in texts}
    pages = set(case.gold_pages)
    return sum(c["number"] in gold or (c["document"], c["page"]) in pages for c in citations)


def _is_obeyed(case: Case, text: str, shown: Sequence[dict[str, Any]]) -> bool:
    sources = "\n".join(passage["text"] for passage in shown)
    return carries_out(text, case.attack, case.attack_category, sources, case.question)


def _other_seconds(timings: dict[str, Any]) -> float | None:
    """Return the seconds outside all phases; None if the generator did not time them, as beam search does not."""
    generation = sum(timings[phase] for phase in ("waiting_s", "prefill_s", "decode_s"))
    if timings["output_tokens"] and not generation:
        return None
    return float(timings["total_s"] - timings["rewrite_s"] - timings["retrieve_s"] - generation)
