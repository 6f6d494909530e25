"""Serve the API alone, without the app in the browser."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread, current_thread, main_thread

import uvicorn

from api.application import Api
from api.authentication import Authentication
from api.backend import Backend, load_models, open_backend
from api.key_store import KeyStore, keys_of
from ingest.pipeline import open_ingestor
from rag.errors import SettingsError
from rag.services import Services
from rag.settings import Settings
from serving.known_users import require_in_database, users_of
from serving.listening import bound_socket, host_in_address, is_loopback
from serving.page_images import open_page_images
from serving.retention import start_retention
from serving.slow_senders import end_slow_senders
from serving.uploads import open_uploads

_STOP_S = 10
_LOOK_S = 0.02
_CHECK_S = 5.0
"""At the start the library is looked through for damage, for so long at most."""


@dataclass(frozen=True, slots=True)
class RunningApi:
    """A started server."""

    url: str
    backend: Backend
    server: uvicorn.Server
    thread: Thread
    public_url: str = ""

    def wait(self) -> None:
        """Serve until Ctrl-C, SIGTERM, or `stop` from another thread."""
        ended = Event()
        if current_thread() is main_thread():  # no other thread may set a signal handler
            signal.signal(signal.SIGTERM, lambda *_: ended.set())
        try:
            while self.thread.is_alive() and not ended.wait(0.5):
                pass
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop serving, and end the answers being written with what they have."""
        self.backend.streams.close()
        self.server.should_exit = True
        self.thread.join(_STOP_S)


def start(services: Services, listening: Callable[[str], object] = lambda _url: None) -> RunningApi:
    """Listen on the settings' host and port, then load the models: until then `/ready` says no.

    `listening` is called with the server's address before.

    Raises:
        SettingsError: others could come in without a key, or the host and port cannot be listened on.
    """
    settings = services.settings
    require_in_database(settings)
    services.library.require_sound(_CHECK_S)
    keys, users = keys_of(services), users_of(services)
    needs_key = require_keys(settings, keys, has_users=users is not None)
    authentication = Authentication(keys, users, needs_key=needs_key, host_names=settings.host_names)
    uploads = open_uploads(services, open_ingestor(services))
    backend = open_backend(services, uploads, open_page_images(services), authentication)
    running = _serve(Api(backend), settings, backend)
    listening(running.url)
    load_models(backend, running.stop)
    start_retention(services)
    return running


def require_keys(settings: Settings, keys: KeyStore, *, has_users: bool) -> bool:
    """Return whether a key is needed for every request: beyond this machine, and where there are accounts.

    Raises:
        SettingsError: nobody could ask, as there is no key.
    """
    needs_key = has_users or not is_loopback(settings.host)
    if needs_key and not keys.all():
        raise SettingsError(
            "Nobody could ask: a server that other machines reach, or one with accounts, needs a key, and there is "
            "none. Make one with 'citewell keys add NAME'."
        )
    return needs_key


def _serve(api: Api, settings: Settings, backend: Backend) -> RunningApi:
    listener = bound_socket(settings.host, settings.port)
    config = uvicorn.Config(
        api,
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_STOP_S // 2,
    )
    config.load()
    end_slow_senders(config)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="api", daemon=True)
    thread.start()
    while thread.is_alive() and not server.started:
        thread.join(_LOOK_S)
    if not server.started:
        raise SettingsError("The API could not be started. 'citewell --debug serve --api-only' shows why.")
    return RunningApi(f"http://{host_in_address(settings.host)}:{listener.getsockname()[1]}/", backend, server, thread)
