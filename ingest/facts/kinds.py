"""Tell what kind of document something is: by its format, then by its title and the words of its first pages."""

import re

from ingest.facts.opening import Opening
from rag.text.document_names import readable_name

_FLAGS = re.IGNORECASE | re.DOTALL | re.MULTILINE
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_BY_SUFFIX = {
    "mail": "eml msg mbox",
    "slides": "pptx ppt odp pptm ppsx",
    "spreadsheet": "xlsx xls ods csv tsv xlsm xlsb",
    "book": "epub",
}
_SUFFIX_KINDS = {suffix: kind for kind, suffixes in _BY_SUFFIX.items() for suffix in suffixes.split()}
_WEB = ("html", "htm", "mhtml", "xhtml")
_OPENING = 8_000
_ENOUGH = 3
"""Score from which a text is of a kind; a title that names the kind has it alone."""


def _words(alternatives: str) -> re.Pattern[str]:
    """Return a pattern of whole words."""
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)


TITLES = tuple(
    (kind, _words(alternatives))
    for kind, alternatives in (
        ("minutes", "minutes|proc[èe]s[- ]verbal|(?:sitzungs)?protokoll|acta|verbale|transcript of proceedings"),
        ("earnings release", r"reports? .{0,60}\bresults|earnings (?:release|call)|press release|pressemitteilung"),
        ("annual report", "annual report|geschäftsbericht|jahresbericht|jahresabschluss|rapport annuel|informe anual"),
        ("annual report", "comptes annuels|financial statements|10-?k"),
        ("quarterly report", "quarterly report|quartalsbericht|interim report|10-?q"),
        ("quarterly report", "half[- ]year(?:ly)? (?:report|results|analyses)"),
        ("contract", "agreement|contract|vertrag|contrat|contrato|lease|terms and conditions|non-disclosure|nda"),
        ("contract", "terms of (?:service|use)"),
        ("manual", r"manual|(?:\w+ )?guide|handbook|handbuch|anleitung|manuel|tutorial|readme|cookbook|faq|how to"),
        ("manual", "getting started|datasheet"),
        ("law", "act|regulation|directive|ordinance|verordnung|gesetz|loi|statute|constitution|federal register|bill"),
        ("form", "form|application|questionnaire|formular|antrag|formulaire|registration|checklist|invoice|rechnung"),
        ("form", "receipt|order|tax return"),
        ("report", "report|bericht|rapport|informe|audit|survey|analysis|study|summary|statistics|bulletin|round-?up"),
        ("report", "assessment|white ?paper"),
    )
)
"""Kinds with words of titles; the first that a title has decides."""

CHINESE_TITLES = tuple(
    (kind, re.compile(words))
    for kind, words in (
        ("annual report", "年度报告|年報|有価証券報告書"),
        ("quarterly report", "季度报告|四半期報告書"),
        ("contract", "合同|合约|契約書"),
        ("manual", "手册|指南|說明書|流程"),
        ("minutes", "会议纪要|議事録"),
        ("report", "报告|報告|보고서|تقرير"),
    )
)
"""Words that stand in titles without spaces around them."""

FORM_TITLES = {
    "10-K": "Annual Report on Form 10-K",
    "10-Q": "Quarterly Report on Form 10-Q",
    "8-K": "Current Report on Form 8-K",
}
"""Titles of what companies file, which its cover says in other words each time."""

_COVER = r"\A.{0,1500}?securities\s+and\s+exchange\s+commission.{0,600}?\bform\s+"
_CERTAIN = 20
TEXTS = tuple(
    (kind, weight, re.compile(pattern, _FLAGS))
    for kind, weight, pattern in (
        *((kind, _CERTAIN, rf"{_COVER}{kind.replace('-', '-?')}(?:/A)?(?![\w-])") for kind in FORM_TITLES),
        ("paper", 3, r"\b(?:abstract|zusammenfassung)\b"),
        (
            "paper",
            2,
            r"\bdoi[:.]|arxiv:|\bet al\b|\bkeywords?\s*[:—-]|\bproceedings of|\bjournal of|\barticle history\b",
        ),
        ("paper", 2, r"\[\d+(?:,\s*\d+)*\].{0,2000}\[\d+|@[\w.]+\.edu|\bcorresponding author"),
        ("paper", 1, r"\breceived\b.{0,40}\baccepted\b|\buniversity\b"),
        ("contract", 3, r"(?-i:\bWHEREAS\b)|\b(?:hereinafter|by and between|witnesseth|the parties hereto)\b"),
        ("contract", 2, r"\b(?:hereby agree|party of the|governing law)\b"),
        ("contract", 1, r"\b(?:herein|im folgenden|vertragspartei\w*)\b"),
        ("law", 3, r"\b(?:be it enacted|the council of the european union|cfr part|rules and regulations)\b"),
        ("law", 2, r"§\s?\d+.{0,2000}§\s?\d+"),
        ("form", 3, r"omb no|please (?:print|complete|fill)|for office use only|(?:☐.{0,500}){3}|(?:\[ \].{0,500}){2}"),
        ("form", 3, r"_{8,}.{0,1000}_{8,}"),
        ("form", 2, r"\b(?:signature|date of birth|zip code|your name|given name|family name|invoice number)\b"),
        ("minutes", 3, r"\b(?:members present|called to order|séance est ouverte|tagesordnung|meeting adjourned)\b"),
        ("minutes", 3, r"^(?:present|présences)\b"),
        ("letter", 3, r"^(?:dear|sehr geehrte|chère?|estimad[oa])\b[^\n]{0,60}$"),
        ("manual", 2, r"\b(?:pip|apt|npm|brew|docker) install\b|\bcurl -|\$ \w+ --?\w+|```"),
        ("manual", 2, r"^\s*(?:step \d+|\d+\.)\s+(?:click|press|open|select|install|turn|remove)\b"),
        ("report", 2, rf"\b(?:executive summary|table of contents|year ended|findings|as of (?:{_MONTHS}))\b"),
        ("book", 2, r"\bisbn\b|^(?:chapter|kapitel|chapitre) (?:\d+|[ivx]+|one)\b"),
    )
)
"""Kinds, how much a passage on the first pages speaks for them, and the passage."""


def kind_of(name: str, title: str, opening: Opening) -> str:
    """Return a kind of `rag.text.facets.KINDS`."""
    suffix = name.lower().rpartition(".")[2]
    if kind := _SUFFIX_KINDS.get(suffix):
        return kind
    scores: dict[str, int] = {}
    text = opening.text[:_OPENING]
    for kind, weight, pattern in TEXTS:
        if pattern.search(text):
            scores[kind] = scores.get(kind, 0) + weight
    if kind := _named_kind(title) or _named_kind(readable_name(name)):
        scores[kind] = scores.get(kind, 0) + _ENOUGH
    best = max(scores, key=lambda kind: scores[kind], default="")
    if best and scores[best] >= _ENOUGH:
        return best
    return "article" if suffix in _WEB else "other"


def _named_kind(title: str) -> str:
    """Return the first kind whose words a title has; "" if it has none."""
    found = next((kind for kind, pattern in TITLES if pattern.search(title)), "")
    return found or next((kind for kind, pattern in CHINESE_TITLES if pattern.search(title)), "")
