"""Words by which questions ask for figures and computations, in English, German, French and Spanish (pure data)."""

import re

NOT_ASKED = re.compile(
    r"\b(?:why|explain|what (?:drove|caused|are the (?:main|key|major)|is the nature)|describe"
    r"|summari[sz]e|if we exclude"
    r"|excluding|capital[- ]intensive|warum|weshalb|wieso|erkläre?|pourquoi"
    r"|explique[rz]?|por qué)\b",
    re.IGNORECASE,
)
BOILERPLATE = re.compile(
    r"^\s*(?:please\s+)?(?:answer|base|round|give a|give your|calculate (?:what|or|\()"
    r"|calculate the answer|address|approach|assume|if .{0,80}\bis(?: not|n't)|if .{0,80}\bare(?: not|n't)|"
    r"you are|use|consider|respond|respond|runde|antworte|arrondis|redondea|i do not mean|state)\b",
    re.IGNORECASE,
)
ASKS = re.compile(
    r"\b(?:compare|by how much|how (?:much|many|large|big|high)|what|which|in which|was there|did"
    r"|um wie ?viel|wie (?:hoch|viel|viele|groß|stark)"
    r"|welche\w*|was|in welchem|quel\w*|combien|de combien|cuánt[oa]s?|cuál(?:es)?|qué|en qué)\b",
    re.IGNORECASE,
)
DEFINITION = re.compile(
    r"(?:\b(?:is|are) defined as|\bdefine\b[^.]{0,80}?\bas)\s*:?\s*(?P<formula>.+?)(?:\.(?=\s|$)|$)",
    re.IGNORECASE | re.DOTALL,
)
PLACES = re.compile(
    r"\b(?:to|auf|à|a)\s+(?:(one|two|three|eine|zwei|une?|deux|un|dos|[0-4]))\s+(?:decimal"
    r"|nachkommast|décimale|decimal)",
    re.IGNORECASE,
)
NUMBERS = {
    "one": 1,
    "eine": 1,
    "un": 1,
    "une": 1,
    "two": 2,
    "zwei": 2,
    "deux": 2,
    "dos": 2,
    "three": 3,
    "four": 4,
    "five": 5,
}
IN_UNIT = re.compile(
    r"\b(?:in|en|units? of)\s+((?:USD|US\$|\$|€|EUR|dollars?|euros?)?\s*(?:thousands?|millions?"
    r"|billions?|mio\.?|mrd\.?|millionen|milliarden|millones|milliards)"
    r"(?:\s+(?:of|de|d'))?\s*(?:USD|US\$|\$|€|EUR|dollars?|euros?)?)",
    re.IGNORECASE,
)
YEAR_OVER_YEAR = re.compile(
    r"\byear[- ]over[- ]year\b|\byoy\b|\bfrom the (?:year before|prior year|previous year)\b|vorjahr"
    r"|l'année précédente|año anterior",
    re.IGNORECASE,
)
RATIO = (
    re.compile(
        r"(?P<a>.+?)\b(?:as a|as|in)\s+(?:an?\s+)?(?:%|per ?cent(?:age)?|share|proportion"
        r"|fraction)\s+of\s+(?P<b>.+)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:%|per ?cent(?:age)?|share|proportion|fraction)\s+of\s+(?P<b>.+?)\s+(?:(?:that"
        r"|which)\s+)?(?:was|were|is|are|did|came from|comes from|come from|from|made up by)\s+(?P<a>.+)",
        re.IGNORECASE,
    ),
    re.compile(r"\bratio\s+of\s+(?P<a>.+?)\s+to\s+(?P<b>.+)", re.IGNORECASE),
    re.compile(r"(?P<a>.+?)\s+divided by\s+(?P<b>.+)", re.IGNORECASE),
    re.compile(r"\banteil\s+(?P<a>.+?)\s+(?:am|an der|an den|an)\s+(?P<b>.+)", re.IGNORECASE),
    re.compile(r"\b(?:part|proportion|pourcentage)\s+(?:de |du |des |d')(?P<a>.+?)\s+dans\s+(?P<b>.+)", re.IGNORECASE),
)
MARGINS = (
    (re.compile(r"\bgross (?:profit )?margins?\b|\bbruttomarge\b", re.IGNORECASE), ("gross profit", "revenue")),
    (
        re.compile(r"\b(?:operating|operative) (?:profit |income )?(?:margins?|marge)\b", re.IGNORECASE),
        ("operating income", "revenue"),
    ),
    (
        re.compile(r"\b(?:net )?(?:profit|income|earnings) margins?\b|\bnettomarge\b", re.IGNORECASE),
        ("net income", "revenue"),
    ),
    (re.compile(r"\bcurrent ratio\b", re.IGNORECASE), ("total current assets", "total current liabilities")),
)
FREE_CASH_FLOW = re.compile(r"\bfree cash[ -]?flows?\b", re.IGNORECASE)
CHANGE = re.compile(
    r"\b(?:by how much|how much (?:higher|lower|more|less)|growth|grew|grow|grown|changed?|increased?"
    r"|decreased?|decline[ds]?|fell|fall|rose|rise|drop(?:ped)?|difference|higher|lower"
    r"|um wie ?viel|differenz|unterschied|verändert\w*|veränderung|wachstum|gewachsen|gestiegen"
    r"|gesunken|stieg|sank|zugenommen|abgenommen|rückgang|anstieg"
    r"|de combien|différence|augment\w+|diminu\w+|baiss\w+|croissance|évolution|cuánto (?:aumentó"
    r"|creció|cayó|disminuyó|bajó|subió|ha)|diferencia|crecimiento|aumento|variación)\b",
    re.IGNORECASE,
)
SUM = re.compile(
    r"\b(?:together|combined|sum of|in total|altogether|add(?:ed)? up|zusammen|insgesamt|summe (?:aus"
    r"|von)|ensemble|au total|somme d|juntos|juntas|en total|suma de)\b",
    re.IGNORECASE,
)
AVERAGE = re.compile(
    r"\b(?:(?:\w+)[ -]year )?(?:average|mean)\b|\bdurchschnitt\w*|\bmoyenne\b|\bpromedio\b|\bmedia (?:de|anual)\b",
    re.IGNORECASE,
)
_HIGH = (
    r"highest|largest|biggest|greatest|most|höchste[nrs]?|größte[nrs]?|meisten?|la plus (?:élevée"
    r"|grande|haute)|le plus (?:élevé|grand|haut)|plus (?:élevée?|grande?|haute?)|más (?:alt[oa]"
    r"|grande)|mayor|máxim[oa]"
)
_LOW = (
    r"lowest|smallest|least|niedrigste[nrs]?|kleinste[nrs]?|geringste[nrs]?|plus (?:faible|petite?"
    r"|bas(?:se)?)|más (?:baj[oa]|pequeñ[oa])|menor|mínim[oa]"
)
EXTREME = re.compile(rf"\b(?:(?P<high>{_HIGH})|(?P<low>{_LOW}))\b", re.IGNORECASE)
WHICH_COMPARED = re.compile(r"\bwhich\b.{0,50}\b(?:higher|larger|bigger|greater|lower|smaller)\b", re.IGNORECASE)
WHICH_YEAR = re.compile(
    r"\b(?:in )?(?:which|what)\b[\w\s]{0,30}?\b(?:years?|quarters?)\b|\bwhen was\b|\bwann\b"
    r"|\bin welchem (?:\w+ )?(?:geschäfts)?jahr\b|\b(?:en |lors de )?quelle (?:année|exercice)\b"
    r"|\bquel exercice\b|\ben qué (?:año|ejercicio)\b",
    re.IGNORECASE,
)
WHICH_ROW = re.compile(
    r"\b(?:which|what(?: was| is| were)?(?: the)?|welche[srn]?|quel(?:le)?s?(?: est| était)?"
    r"|cuál(?: fue| es)?|qué)\b(?P<what>.{0,60})",
    re.IGNORECASE,
)
NAMES_ROWS = re.compile(
    r"^\W*(?:in )?(?:which|what (?!was\b|were\b|is\b|are\b|amount|total)|welche[rsn]?\b"
    r"|quel(?:le)?s? (?!est\b|était\b|sont\b|étaient\b)|qué\b)",
    re.IGNORECASE,
)
"""A question for names, not for a figure."""

LAST = re.compile(
    r"\b(?:last|past|letzten|derniers|dernières|últimos)\s+(two|three|four|five|zwei|drei|vier|fünf"
    r"|deux|trois|dos|tres|\d)\b",
    re.IGNORECASE,
)
LATEST = re.compile(
    r"\b(?:latest|most recent|last|aktuellste[ns]?|letzte[ns]?|dernier|dernière|último"
    r"|última)\b(?:\s+(?:fiscal|yearly|annual|financial))?\s*(?:year|jahr\w*|année|exercice|año)?",
    re.IGNORECASE,
)
FRAME = re.compile(
    r"\b(?:what|which|how|much|many|large|big|high|when|did|do|does|has|have|had|was|were|been|from"
    r"|between|than|over|during|there|any|give|tell|show|me|us|please|according|compared?|vs|versus"
    r"|per|its|their|and|for|company|companies"
    r"|reports?|reported|reporting|documents?|tables?|listed|fiscal|financial year|years?|yearly"
    r"|annual|annually|ended|ending|end|as of|close|figures?|values?|numbers?|amounts?|levels?|stand"
    r"|stated|generated?|made|make|earned?|recorded|posted|spen[dt]|total amount|dollars?|usd|us\$"
    r"|eur|euros?|each|both|in|of|the|at|by|primarily|information|provided|shown|using|basis|total of"
    r"|wie|hoch|auf|viele?|groß|war|waren|ist|sind|hat|haben|betrug|betrugen|beträgt|im|in|der|die"
    r"|das|des|den|dem|von|vom|und|zu|zum|für|geschäftsjahr|jahr\w*|gegenüber|verglichen|laut|bericht"
    r"|welche\w*"
    r"|quel\w*|combien|était|étaient|est|sont|a|ont|été|de|du|des|le|la|les|l|d|en|et|à|au|aux|pour"
    r"|exercice|année|selon|rapport"
    r"|cuál|cuáles|cuánto|cuánta|cuántos|cuántas|fue|fueron|es|son|el|los|las|del|y|ejercicio|año"
    r"|fiscal|según|informe|qué|formerly known as \w+)\b|\([^()]*\)|['’]s\b",
    re.IGNORECASE,
)
TAX_RATE = re.compile(r"\b(?:tax|interest|discount) rate\b|\b(?:steuer|zins)satz\b", re.IGNORECASE)
RATES = re.compile(r"\brates?\b|%|\bper ?cent(?:age)?\b|\bprozent\b|\bpour ?cent\b", re.IGNORECASE)
TREND = re.compile(
    r"^\W*(?:does|do|has|have|is|are|did|was|were)\b.{0,120}"
    r"\b(?P<word>improv\w+|declin\w+|increas\w+|decreas\w+|worsen\w*|consistent|chang\w+|grow\w*)\b",
    re.IGNORECASE,
)
"""A question for a direction: it is answered by two figures."""

TREND_WORDS = re.compile(
    r"\b(?:improv\w+|declin\w+|worsen\w*|historically|consistent|profile|trend|not fluctuating|roughly"
    r"|more than|each year)\b",
    re.IGNORECASE,
)
WHICH_LOSS = re.compile(r"\bwhich\b.{0,60}\b(?:a|an|operating|net) (?:\w+ )?loss(?:es)?\b", re.IGNORECASE)
LARGE = re.compile(r"\bhow (?:large|big|high)\b|\bit\b|\b(?:made|make|had|reported)\b", re.IGNORECASE)
