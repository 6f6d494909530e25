"""Who stands behind a document: company, authority, university, publisher, or a mail's domain."""

import re
from collections.abc import Iterator, Mapping
from email.utils import parseaddr

from ingest.facts.dates import first_date
from ingest.facts.opening import Opening, tidy

_LEGAL = (
    r"(?:Inc|Incorporated|Corp|Corporation|Co|Company|Companies|Ltd|Limited|LLC|L\.L\.C|LLP|LP|plc|PLC|GmbH|AG|SE|KG|KGaA"
    r"|e\.\s?V|S\.?A|SAS|SARL|S\.?p\.?A|S\.?r\.?l|S\.?L|B\.?V|N\.?V|Oy|AB|A/S|ASA|Pty|K\.K|Bank|Group|Holdings?)"
)
_WORD = r"[A-ZÀ-Þ0-9][\w&.'’-]*"
_COMPANY = re.compile(
    rf"(?<![\w(])(?!(?:19|20)\d\d\b)((?:{_WORD}[ ,]+(?:(?:and|of|the|&|de|du|und)[ ])?){{1,6}}"
    rf"{_LEGAL}\b\.?(?:[ ,]+{_LEGAL}\b\.?)?)"
)
_INSTITUTION = re.compile(
    r"(?<!\w)((?:[A-ZÀ-Þ][\w.'’&-]*[ ]){0,4}(?:University|Universität|Université|Universidad|Università|Institute"
    r"|Institut|Office|Instituto|Ministry|Department|Agency|Commission|Council|Court|Committee|Foundation|Association|Administration"
    r"|Authority|Laborator(?:y|ies)|Library|Police|Senate|Parliament|Bundesamt|Bundesministerium|Ministerium|Ville|Museum)"
    r"(?:[ ](?:of|for|on|de|du|des|der|für)(?:[ ](?:the|and|&|[A-ZÀ-Þ][\w'’-]*))+)?)(?![ ]?[\w&])"
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:©|\(c\))?\s*(?:19|20)\d\d(?:\s*[-–,]\s*(?:19|20)\d\d)?\s*,?\s*(?:by\s+)?([^.\n|]{2,80})",
    re.IGNORECASE,
)
_FIELD = re.compile(
    r"\b(?:agency|company|organi[sz]ation|institution|employer|supplier|vendor|client|firma|behörde|société)\s*:\s*"
    r"([^\n:|]{3,80})$",
    re.IGNORECASE | re.MULTILINE,
)
SENDER = re.compile(r"^From:\s*(.+)$", re.MULTILINE)
_NAME_LABEL = re.compile(
    r"\(\s*exact\s+name\s+of\s+(?:the\s+)?(?:registrant|(?:small\s+business\s+)?issuer|company)", re.IGNORECASE
)
_FILE_NUMBER = re.compile(r"commission\s+file\s+(?:number|no\.?)s?\s*:?\s*[\d-]*\s*", re.IGNORECASE)
_FREE_MAIL = re.compile(
    r"(?:gmail|googlemail|outlook|hotmail|live|yahoo|ymail|aol|gmx|web|icloud|me|mac|proton|protonmail|mail|qq|163|t-online"
    r"|freenet|orange|wanadoo|libero|yandex)\.\w+(?:\.\w+)?",
    re.IGNORECASE,
)
_NOT_COMPANIES = re.compile(
    r"(?:the )?(?:company|group|bank|co|limited|corporation|association|court|federal|state)\.?", re.IGNORECASE
)
_PROGRAMS = re.compile(
    r"edgar online|unregistered|microsoft|anonymous|acrobat|adobe pdf|openoffice|libreoffice|unknown", re.IGNORECASE
)
_ANNOUNCES = re.compile(r"(.{2,60}?)\s+(?:reports|announces|posts|publishes)\s", re.IGNORECASE)
_COVER = 6_000
_LETTERHEAD_LINES = 12
_FOOT_LINES = 6
_SMALL = {"plc", "of", "and", "the", "for", "de", "du", "von", "und", "der", "et", "y"}
_UPPER = {"LLC", "LLP", "LP", "USA", "US", "UK", "AG", "SE", "SA", "NV", "BV", "II", "III", "IV"}
_SHORT_FORM = 3


def organisation_of(metadata: Mapping[str, str], opening: Opening, *, title: str = "", kind: str = "") -> str:
    """Return the organisation; "" if nothing says so clearly."""
    if kind == "mail":
        return _mail_domain(opening.first)
    if kind == "earnings release" and (match := _ANNOUNCES.match(title)):
        return match[1]
    return next(_candidates(metadata, opening, kind), "")


def _mail_domain(text: str) -> str:
    """Return the domain that a mail comes from, unless anybody can have an address there."""
    match = SENDER.search(text)
    domain = parseaddr(match[1])[1].rpartition("@")[2].lower() if match else ""
    return "" if not domain or "." not in domain or _FREE_MAIL.fullmatch(domain) else tidy(domain, 100)


def is_organisation(name: str) -> bool:
    """Return True if a name has the form of an organisation's, not of a person's."""
    return bool(_COMPANY.fullmatch(name) or _INSTITUTION.fullmatch(name)) and not _PROGRAMS.search(name)


def _readable(name: str, text: str) -> str:
    """Return a name in capitals as the text writes it elsewhere, else with capitals at the beginnings of words."""
    name = tidy(name, 150).strip(" ,;")
    if name != name.upper() or not any(map(str.isalpha, name)):
        return name
    for match in re.finditer(re.escape(name).replace(r"\ ", r"\s+"), text, re.IGNORECASE):
        if match[0] != match[0].upper():
            return tidy(match[0])
    return " ".join(map(_capitalised, name.split()))


def _candidates(metadata: Mapping[str, str], opening: Opening, kind: str) -> Iterator[str]:
    yield from (_readable(name, opening.text) for name in _registrants(opening.text[:_COVER]))
    declared = tidy(metadata.get("organisation", ""), 150)
    if len(declared) > 1 and not _PROGRAMS.search(declared):
        yield declared
    author = tidy(metadata.get("author", ""), 150)
    if author and is_organisation(author):
        yield author
    lines = [line for line in opening.lines if line]
    head = lines[: _LETTERHEAD_LINES * (2 if kind == "paper" else 1)]
    for line in [*head, *lines[-_FOOT_LINES:]]:
        yield from _named_in(line)
    yield from (tidy(match[1]) for match in _FIELD.finditer(opening.first))
    yield from (tidy(match[1]) for match in _COPYRIGHT.finditer(opening.first) if is_organisation(tidy(match[1])))


def _registrants(cover: str) -> Iterator[str]:
    """Yield the names that stand above "(Exact name of registrant …)" or after a file number, as on forms."""
    label, number = _NAME_LABEL.search(cover), _FILE_NUMBER.search(cover)
    lines: list[str] = []
    if label:
        block = re.split(r"_{3,}|\n\s*\n", cover[: label.start()].rstrip("_ \n\t\xa0")[-400:])[-1]
        lines = [_FILE_NUMBER.split(tidy(block))[-1], *reversed(block.split("\n"))]
    if number:
        lines += cover[number.end() :].split("\n")[:5]
    for name in map(tidy, lines):
        if 2 <= len(name) <= 120 and name[0].isalnum() and any(map(str.isalpha, name)) and first_date(name) is None:
            yield name


def _named_in(line: str) -> Iterator[str]:
    """Yield organisations that a line names and that are most of it: a sentence that mentions one does not count."""
    bare = re.sub(r"^[\d*†‡§\s]+", "", line)
    for pattern in (_COMPANY, _INSTITUTION):
        for match in pattern.finditer(bare):
            name = match[1].strip(" ,;")
            if len(name) * 2 >= len(bare) and not _NOT_COMPANIES.fullmatch(name):
                yield _readable(name, line)


def _capitalised(word: str) -> str:
    bare = word.strip(".,()")
    if bare.lower() in _SMALL:
        return word.lower()
    if bare in _UPPER or any(map(str.isdigit, bare)) or (len(bare) <= _SHORT_FORM and not re.search("[AEIOUY]", bare)):
        return word if bare not in ("CO", "CORP", "LTD") else word.capitalize()
    return re.sub(r"[A-ZÀ-Þ]+", lambda part: part[0].capitalize(), word[0] + word[1:].lower()) if word else word
