"""Tell the kinds of questions apart by their words, in the languages that people most often ask in (pure).

Rules only: a wrong kind costs the form of an answer, never its truth, and a question of fact must cost no more time.
"""

import re
from collections.abc import Mapping

from rag.types import QuestionKind

_FIGURE = (
    r"(?:revenues?|sales|turnover|incomes?|profits?|loss(?:es)?|costs?|expenses?|expenditures?|assets?|liabilit\w+|equity"
    r"|cash|earnings|ebitd?a?|margins?|dividends?|rates?|prices?|fees?|budgets?|debts?|tax(?:es)?|shares?|amounts?"
    r"|shipments?|headcount|employees|percent\w*|million|billion|dollars?|euros?)"
)
_CHANGE = (
    r"(?:highest|lowest|largest|smallest|average|total|combined|together|growth|grew|grow|rose|rise|fell|fall|increased?"
    r"|decreased?|declined?|changed?|higher|lower)"
)
_PERIOD = r"(?:(?:19|20)\d\d|fy ?\d\d|q[1-4]|quarter|year)"
_TEXT = r"(?:document|paper|report|text|article|book|speech|file|chapter|section)"
_OWN = r"(?:the |its |his |her |their |my |our )?"
_AUXILIARY = r"(?:are|were|do|does|did|must|should|can|could|have|has|had|would|will|may|might)"

_ENGLISH: Mapping[QuestionKind, tuple[str, ...]] = {
    "about_app": (
        r"^(?:hi|hello|hey|thanks?|thank you|good (?:morning|afternoon|evening))(?: there| all| very much)?\W*$",
        r"^(?:who|what) are you\W*$",
        r"^what (?:can|do) you do(?: for me)?\W*$",
        r"^how (?:can|do) you (?:help|work)\W*$",
        r"^(?:help|what is citewell|how does citewell work|how do i use (?:this|citewell))\W*$",
    ),
    "summary": (
        r"\bsummari[sz]e\b",
        r"\bsummary of\b",
        r"\boverview\b",
        r"\b(?:main|key|central|most important) (?:points|takeaways?|ideas|findings|messages|arguments|topics)\b",
        r"\bgist\b",
        r"\btl;?\s?dr\b",
        r"\bin a nutshell\b",
        r"\boutline (?:of )?(?:the|this)\b",
        r"\bwhat(?:'s| is| are| was)? (?:this|the|these) (?:whole |entire )?\w+(?: \w+)? (?:all )?about\b",
        rf"\bwhat does (?:this|the) {_TEXT} (?:say|cover|describe|discuss)\W*$",
    ),
    "comparison": (
        r"\bcompar(?:e|es|ing|ison)\b",
        r"\bdifferences? (?:between|of|in)\b",
        r"\bdiffer(?:s|ed|ent from)?\b",
        r"\bdistinguish\w*\b",
        r"\bversus\b",
        r"\bvs\b",
        r"\bas opposed to\b",
        r"\bcontrast\b",
        r"\bin common\b",
    ),
    "table": (
        r"\bby how (?:much|many)\b",
        r"\b(?:what|which) (?:percentage|share|proportion|ratio)\b",
        rf"\b{_CHANGE}\b.*\b{_FIGURE}\b",
        rf"\b{_FIGURE}\b.*\b{_CHANGE}\b",
        rf"\b(?:what|how much|how high|how large)\b.*\b{_FIGURE}\b.*\b{_PERIOD}\b",
        rf"\b(?:(?:19|20)\d\d|fy ?\d\d|q[1-4])\b.*\b{_FIGURE}\b",
    ),
    "list": (
        r"\blist (?:all|the|every|each|them|everything|of all|any|those|these|some|\w+ \w+s)\b",
        r"\benumerate\b",
        r"\b(?:complete|full|short|long|a|the) list\b",
        r"\bname (?:all|the|every|each|them|some|two|three|four|five|six|\d+)\b",
        rf"^(?:what|which) are (?:all |some of )?{_OWN}(?:\w+ ){{0,3}}\w+(?<![su])s\b",
        r"\b(?:what|which) (?:kinds|types|sorts|examples|categories|steps|conditions|requirements|reasons|options)\b",
        rf"^(?:for |in |on |at |to |of |from |under |with )?which (?:\w+ ){{0,3}}?\w+(?<![sui])s {_AUXILIARY}\b",
    ),
    "explanation": (
        r"^(?:please )?(?:explain|describe|elaborate|tell me (?:more )?about|walk me through|show me how)\b",
        r"\bstep by step\b",
        r"\bin detail\b",
        r"^(?:\w+ ){0,4}?how (?:do|does|did|can|could|should|would|to|is|are|was|were|must|may|will|has|have)\b",
        r"(?:^|[.!] )how (?:do|does|did|can|could|should|would|is|are|must|may) ",
        r"^what (?:happens|happened|is the (?:process|procedure|reason|idea|point))\b",
        r"^for what reasons?\b",
    ),
    "yes_no": (
        r"^(?:is|are|was|were|do|does|did|can|could|may|must|should|has|have|had|will|would|am)\b(?!.*\bor\b.*\?)",
    ),
}
"""Patterns in the order in which they are tried."""

_WHY = re.compile(r"^(?:and |but |so )?(?:why|how come)\b", re.IGNORECASE)
_MEASURE = re.compile(
    r"\bhow (?:many|much|long|old|far|often|big|large|high|tall|fast|wide|deep|heavy)\b(?!.*\b(?:why|explain)\b)",
    re.IGNORECASE,
)

_FOREIGN: Mapping[str, Mapping[QuestionKind, tuple[str, ...]]] = {
    "de": {
        "summary": (
            r"\bfass\w*\b.*\bzusammen\b",
            r"\bzusammenfass\w*",
            r"\bworum geht\b",
            r"\büberblick\b",
            r"\b(?:hauptpunkte|kernaussagen)\b",
        ),
        "comparison": (r"\bvergleich\w*", r"\bunterschied\w*", r"\bunterscheid\w*"),
        "table": (r"\bum wie ?viel\b", r"\bprozent\b", r"\banteil\b", r"\bwie hoch\b.*\b(?:19|20)\d\d\b"),
        "list": (
            r"^(?:nenn\w*|liste|zähl\w*)\b",
            r"\bauflist\w*",
            r"\balle\b.*\bauf\b",
            r"^(?:für |in |auf )?welche\b(?! \w+ (?:ist|war|hat)\b)",
        ),
        "explanation": (
            r"^(?:erklär\w*|beschreib\w*|erläuter\w*)\b",
            r"^(?:warum|wieso|weshalb|wie)\b(?! (?:viel|lang|alt|hoch|oft|heiß|groß|weit))",
        ),
    },
    "fr": {
        "summary": (r"\brésum\w*", r"\baperçu\b", r"\bpoints (?:principaux|clés)\b", r"\bde quoi (?:parle|traite)\b"),
        "comparison": (r"\bcompar\w*", r"\bdifféren\w*", r"\bdistingu\w*"),
        "table": (r"\bde combien\b", r"\bpourcentage\b", r"\bpour cent\b"),
        "list": (
            r"\bliste\b",
            r"\bénumér\w*",
            r"^(?:nomme|cite)\w*",
            r"^(?:pour |dans )?quel(?:le)?s (?:sont|étaient|\w+s)\b",
        ),
        "explanation": (r"^(?:expliqu\w*|décri\w*|pourquoi|comment)\b",),
    },
    "es": {
        "summary": (r"\bresum\w*", r"\bpuntos (?:principales|clave)\b", r"\bde qué trata\b", r"\bvisión general\b"),
        "comparison": (r"\bcompar\w*", r"\bdiferenci\w*", r"\bdistingu\w*"),
        "table": (r"\bporcentaje\b", r"\bpor ciento\b", r"\ben cuánto\b"),
        "list": (
            r"\blista\w*\b",
            r"\benumer\w*",
            r"^¿?(?:nombra|menciona)\w*",
            r"^¿?(?:para |en )?(?:cuáles|qué \w+s)\b",
        ),
        "explanation": (r"^¿?(?:explica\w*|describ\w*|por qué|cómo)\b",),
    },
    "zh": {
        "summary": (
            "总结|總結|概括|概述|摘要|主要内容|主要內容|要点|要點",
            "[讲講说說](?:了些?|的是)[什甚][么麼]",
        ),
        "comparison": ("比较|比較|区别|區別|不同|差异|差異",),
        "table": ("百分之|百分比|增长了|增長了|多少钱",),
        "list": ("列出|列举|列舉|哪些|有哪几|有哪幾",),
        "explanation": ("解释|解釋|说明|說明|为什么|為什麼|如何|怎么|怎麼|怎样|怎樣",),
    },
}


def _compiled(rules: Mapping[QuestionKind, tuple[str, ...]]) -> list[tuple[QuestionKind, re.Pattern[str]]]:
    return [(kind, re.compile("|".join(patterns), re.IGNORECASE)) for kind, patterns in rules.items()]


_RULES = {"en": _compiled(_ENGLISH)} | {language: _compiled(rules) for language, rules in _FOREIGN.items()}


def question_kind(question: str, language: str = "en") -> QuestionKind:
    """Return the kind of a question; "fact" where no rule applies, or none is known for its language."""
    text = " ".join(question.split())
    is_english = language in ("", "en")
    if is_english and _WHY.search(text):
        return "explanation"
    for kind, pattern in _RULES.get(language or "en", ()):
        is_measure = is_english and kind == "explanation" and _MEASURE.search(text)
        if pattern.search(text) and not is_measure:
            return kind
    return "fact"
