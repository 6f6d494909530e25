"""Nothing listens beyond this machine without a sign-in, and no answer is held back."""

import asyncio
import socket

import pytest

from rag.errors import SettingsError
from rag.settings import load_settings
from rag.stores.postgres.postgres_stores import PostgresStores
from serving.auth_file import Users
from serving.listening import bound_socket, host_in_address, require_users
from serving.stored_users import StoredUsers
from tests.conftest import GOOD_PASSWORD
from tests.support.values import present


def test_every_host_but_this_machine_itself_needs_a_sign_in(users: Users) -> None:
    for host in ("0.0.0.0", "::", "192.168.1.2", "example.org"):  # noqa: S104  refused
        with pytest.raises(SettingsError, match=r"without a sign-in.*citewell users add NAME --auth-file"):
            require_users(load_settings(host=host))
        assert present(require_users(load_settings(host=host, auth_file=users.path))).names() == ["ann"]
    for host in ("127.0.0.1", "localhost", "::1", "[::1]", "127.1.2.3"):
        assert require_users(load_settings(host=host)) is None, host


def test_an_address_has_a_host_of_ipv6_in_brackets() -> None:
    assert [host_in_address(host) for host in ("::1", "[::1]", "localhost")] == ["[::1]", "[::1]", "localhost"]


def test_what_cannot_be_listened_on_is_said() -> None:
    with bound_socket("127.0.0.1", 0) as taken:
        taken.listen()
        with pytest.raises(SettingsError, match=r"^Port \d+ on 127\.0\.0\.1 is in use"):
            bound_socket("127.0.0.1", taken.getsockname()[1])
    for host in ("192.0.2.1", "nowhere.invalid", "a..b"):
        with pytest.raises(SettingsError, match=f"^Citewell cannot listen on '{host}', port 0: .+"):
            bound_socket(host, 0)


async def test_an_answer_in_several_writes_is_sent_without_delay() -> None:
    delays: asyncio.Queue[int] = asyncio.Queue()

    async def accepted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        delays.put_nowait(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()
        await writer.wait_closed()

    listener = bound_socket("127.0.0.1", 0)
    async with await asyncio.start_server(accepted, sock=listener) as server:
        _, client = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await asyncio.wait_for(delays.get(), 30) != 0
        client.close()
        await client.wait_closed()


@pytest.mark.postgres
@pytest.mark.usefixtures("cheap_passwords")
def test_users_of_a_database_sign_in_from_the_first_on(postgres_stores: PostgresStores) -> None:
    stored = StoredUsers(postgres_stores.shared("accounts"))
    assert require_users(load_settings(), stored) is None
    assert require_users(load_settings(), stored, elsewhere=True) is stored
    with pytest.raises(SettingsError, match=r"without a sign-in.*citewell users add NAME'"):
        require_users(load_settings(host="0.0.0.0"), stored)  # noqa: S104  refused
    stored.add("ann", GOOD_PASSWORD)
    assert require_users(load_settings(host="0.0.0.0"), stored) is stored  # noqa: S104  with a sign-in
