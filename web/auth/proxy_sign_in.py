"""Sign in whom a proxy names in a header. Where this is set, only that proxy is answered."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.requests import Request

from rag.errors import AccessError, SettingsError
from rag.runtime.audit_log import record
from rag.settings import Settings
from serving.user_store import UserStore, normalize_name

_STRANGER = "This Citewell is reached through its proxy only, and this address is not the proxy's."


class ProxySignIn:
    """The sign-in by one header, from addresses that are trusted to set it."""

    def __init__(self, settings: Settings, users: UserStore) -> None:
        self._header = settings.proxy_user_header or ""
        self._trusted: list[IPv4Network | IPv6Network] = [ip_network(n, strict=False) for n in settings.trusted_proxies]
        self._role = settings.sign_in_role
        self._audit = settings.audit_log
        self._users = users

    def user(self, request: Request) -> str | None:
        """Return the user whom the proxy names, who has an account from then on; None if it names nobody.

        Raises:
            AccessError: the request does not come from the proxy, or names two users, or the name is another user's.
            SettingsError: the auth file cannot be read or written.
        """
        self.require_proxy(request)
        sent = request.headers.getlist(self._header)
        if not sent or not sent[0].strip():
            return None
        if len(sent) > 1:
            raise AccessError(f"The header {self._header} came twice: the proxy must remove what others send by it.")
        return self._account(normalize_name(_decoded(sent[0])))

    def require_proxy(self, request: Request) -> None:
        """Check that a request comes from the proxy.

        Raises:
            AccessError: it does not.
        """
        if not self._is_from_proxy(request):
            raise AccessError(_STRANGER)

    def _is_from_proxy(self, request: Request) -> bool:
        try:
            address = ip_address(request.client.host if request.client else "")
        except ValueError:
            return False
        return any(address in network for network in self._trusted)

    def _account(self, name: str) -> str:
        identity = f"proxy {name}"
        if self._users.stamp(name) is not None and self._users.identity(name) == identity:
            return name
        try:
            name = self._users.add_from_elsewhere(name, identity, self._role)
        except SettingsError as error:
            raise AccessError(str(error)) from error
        record(self._audit, "user-added", name, self._role)
        return name


def _decoded(value: str) -> str:
    """Return a header's text: proxies write names of other scripts in UTF-8, and servers read Latin-1."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
