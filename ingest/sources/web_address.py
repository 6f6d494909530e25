"""Read, normalise and compare web addresses.

An address identifies its page across runs, so all spellings of one address must become the same text.
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from posixpath import normpath
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

from rag.errors import DocumentError

MAX_LENGTH = 2_000

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SAFE = "/:@!$&'()*+,;=~-._%"
_IGNORED_BY_BROWSERS = re.compile(r"[\t\r\n]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*")
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|phpsessid|jsessionid|aspsessionid\w*)(?:=.*)?",
    re.IGNORECASE,
)
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)


def is_web_address(text: str) -> bool:
    """Return True if a source is the address of a web page."""
    return text[:8].lower().startswith(("http://", "https://"))


def looks_like_address(text: str) -> bool:
    """Return True if a word of a command line is meant as an address rather than a path, also of another scheme."""
    return bool(_SCHEME.match(text))


def canonical(text: str) -> str:
    """Return the address in its one spelling: no fragment, no tracking parameters, no default port, plain escapes.

    Raises:
        DocumentError: it is no address of a web page.
    """
    text = _IGNORED_BY_BROWSERS.sub("", text).strip()
    if len(text) > MAX_LENGTH:
        raise DocumentError(f"the address is longer than {MAX_LENGTH:,} characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise DocumentError("this is no web address: check it in a browser") from error
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise DocumentError("only addresses that begin with http:// or https:// can be added")
    if "@" in parts.netloc:
        raise DocumentError("an address with a user name or password in it is not accepted: leave these out")
    host = _host(parts)
    netloc = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    return urlunsplit((scheme, netloc, _path(parts.path), _query(parts.query), ""))


def without_password(text: str) -> str:
    """Return what was meant as an address as it may be repeated to people: without a user name and password."""
    return f"{text.partition('://')[0]}://…@{text.rpartition('@')[2]}" if "@" in text else text


def joined(base: str, link: str) -> str | None:
    """Return the address that a link on the page `base` leads to, None if that is no web address."""
    try:
        return canonical(urljoin(base, _IGNORED_BY_BROWSERS.sub("", link).strip()))
    except (DocumentError, ValueError):
        return None


def host_of(address: str) -> str:
    """Return host and port of a canonical address, which are what a site's rules and delays hold for."""
    return urlsplit(address).netloc


def path_of_address(address: str) -> str:
    """Return the path of a canonical address."""
    return urlsplit(address).path


def folder_of(address: str) -> str:
    """Return the folder that a page is in: its address up to the last slash of its path."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rpartition("/")[0] + "/", "", ""))


def is_within(address: str, prefix: str) -> bool:
    """Return True if an address is `prefix` or below it, by http or https; "/docs2" is not below "/docs"."""
    found, wanted = urlsplit(address), urlsplit(prefix)
    if found.netloc != wanted.netloc:
        return False
    if wanted.query:
        return found.path == wanted.path and found.query.startswith(wanted.query)
    return found.path == wanted.path or found.path.startswith(wanted.path.rstrip("/") + "/")


def page_name(address: str) -> str:
    """Return what people call a page: its address without scheme, "www." and a last slash."""
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query else ""
    return (parts.netloc.removeprefix("www.") + parts.path.rstrip("/") + query)[:MAX_LENGTH]


def _host(parts: SplitResult) -> str:
    name = (parts.hostname or "").rstrip(".")
    if ":" in name:
        return f"[{_ipv6(name)}]"
    try:
        host = name.encode("idna").decode("ascii").lower() if not name.isascii() else name.lower()
    except UnicodeError as error:
        raise DocumentError(f"'{name[:80]}' is no name of a site: check the address") from error
    if not _HOST.fullmatch(host) or len(host) > 253:
        raise DocumentError(f"'{name[:80]}' is no name of a site: check the address")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return _ipv4(host)
    return host


def _ipv4(host: str) -> str:
    """Return an IPv4 address written as usual; `017700000001` or `0x7f.1` only hide where they lead."""
    try:
        return str(IPv4Address(host))
    except AddressValueError as error:
        raise DocumentError(f"'{host[:80]}' is no usual way to write an address: write it as a name") from error


def _ipv6(host: str) -> str:
    try:
        return str(IPv6Address(host.partition("%")[0]))
    except AddressValueError as error:
        raise DocumentError(f"'{host[:80]}' is no name of a site: check the address") from error


def _path(path: str) -> str:
    path = _plain_escapes(_SESSION.sub("", path))
    folder = "/" if path.endswith(("/", "/.", "/..")) else ""
    plain = normpath("/" + path.lstrip("/")) if "." in path else "/" + path.lstrip("/")
    return plain if plain.endswith("/") or not folder else plain + folder


def _query(query: str) -> str:
    return "&".join(part for part in _plain_escapes(query).split("&") if part and not _TRACKING.fullmatch(part))


def _plain_escapes(text: str) -> str:
    """Escape what must be, and nothing else; escapes are in capitals."""

    def plain(escape: re.Match[str]) -> str:
        character = chr(int(escape[1], 16))
        return character if _UNRESERVED.fullmatch(character) else escape[0].upper()

    return _ESCAPE.sub(plain, quote(_BARE_PERCENT.sub("%25", text), safe=_SAFE + "?"))
