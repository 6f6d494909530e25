"""All settings, in one frozen object.

Precedence: defaults < `citewell.toml` in the working directory < `CITEWELL_*` environment < flags. An unknown key is
an error that names it. `docs/settings.md` describes every field; a test keeps the two in step.
"""

import os
import re
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import SettingsError
from rag.grounding.abstention import STRICTNESS
from rag.runtime.audit_log import AUDIT_LOG
from rag.types.decoding import DECODING_SETTINGS, Decoding, GroundedDecoding
from rag.types.server_model import KEY_VARIABLE, is_on_server, parse_server_model

ENV_PREFIX = "CITEWELL_"
OIDC_SECRET_VARIABLE = "CITEWELL_OIDC_CLIENT_SECRET"  # noqa: S105  its name
"""A secret, so no setting: it is in no file of ours."""

S3_ADDRESS = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}){0,8})/?")
"""Bucket and prefix, the group, are plain names: what comes below them is ours."""

CONFIG_FILE = Path("citewell.toml")

_NO_ADDRESS = {
    "database": "Setting 'database' is no address of PostgreSQL: write 'postgresql://USER@HOST:PORT/NAME'.",
    "milvus": "Setting 'milvus' is no address of Milvus: write 'http://HOST:19530'.",
    "shared_folder": "Setting 'shared_folder' is neither a folder nor an address of storage: write 's3://BUCKET/PREFIX'.",
}


def data_home() -> Path:
    """Return `data/` of the checkout Citewell runs from, else the user's data folder of the platform."""
    checkout = find_checkout()
    return checkout / "data" if checkout else user_data_path("citewell")


def find_checkout() -> Path | None:
    """Return the folder of the checkout Citewell runs from; None where it is installed."""
    package = Path(__file__).resolve().parent
    return next((folder for folder in package.parents if (folder / "data" / "documents").is_dir()), None)


def program_version() -> str:
    """Return the version of the installed program."""
    try:
        return version("citewell")
    except PackageNotFoundError:
        return "a checkout that is not installed"


class Settings(BaseSettings):
    """Settings with their defaults. Flat on purpose: a setting has one name everywhere."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, extra="forbid", frozen=True, toml_file=CONFIG_FILE, protected_namespaces=()
    )

    library: Path = Field(default_factory=lambda: data_home() / "library")
    database: SecretStr | None = None
    milvus: SecretStr | None = None
    shared_folder: Path | str | None = None
    ingest_uploads: bool = True
    models: Path = Field(default_factory=lambda: data_home() / "models")
    model: str = "default"
    embedder: str = "minilm"
    embedder_query_prefix: str | None = None
    embedder_document_prefix: str | None = None
    reranker: str | None = None
    entailment_model: str | None = None
    server_seconds: int = Field(default=300, ge=1)
    offline: bool = False
    threads: int = Field(default=0, ge=0)
    weights: Literal["auto", "int4", "int8", "bfloat16"] = "auto"
    speculate: bool = True
    answers_at_once: int = Field(default=8, ge=1, le=64)
    answers_waiting: int = Field(default=32, ge=0)
    tensor_parallel: int = Field(default=1, ge=1, le=64)
    draft_model: str | None = None
    prefix_cache_mb: int = Field(default=256, ge=0)
    read_ahead: bool = True

    chunk_tokens: int = Field(default=180, ge=16)
    max_file_mb: int = Field(default=200, ge=1)
    reader_memory_mb: int = Field(default=1000, ge=100)
    reader_seconds: int = Field(default=120, ge=1)
    max_documents: int = Field(default=5000, ge=1)
    web_private_hosts: tuple[str, ...] = ()
    web_seconds: int = Field(default=60, ge=1)
    web_delay_seconds: float = Field(default=1.0, ge=0.0)

    passages: int = Field(default=5, ge=1, le=50)
    candidates: int = Field(default=10, ge=1, le=200)
    dense_weight: float | None = Field(default=None, ge=0.0, le=1.0)
    context_tokens: int | None = Field(default=None, ge=512)
    max_question_chars: int = Field(default=4000, ge=1)
    system_prompt: str | None = None
    seconds_to_answer: float = Field(default=8.0, ge=0.0, allow_inf_nan=False)
    rewrite_followups: bool = True
    translate_queries: Literal["auto", "off"] = "auto"
    tools: Literal["off", "auto", "on"] = "auto"
    overviews: Literal["off", "asked", "idle"] = "asked"
    content_filter: Path | None = None
    strictness: float = Field(default=STRICTNESS, ge=0.0, le=1.0)

    max_new_tokens: int = 384
    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    beams: int = 1
    repetition_penalty: float = 1.0
    max_repeats: int = 3
    seed: int | None = None
    stop: tuple[str, ...] = ()
    thinking: bool = False
    thinking_tokens: int = 1024
    grounded_decoding: GroundedDecoding = "figures"

    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    path_prefix: str | None = Field(default=None, pattern=r"^(/[A-Za-z0-9._-]+)+$")
    auth_file: Path | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_domains: tuple[str, ...] = ()
    oidc_groups: tuple[str, ...] = ()
    oidc_owners: tuple[str, ...] = ()
    proxy_user_header: str | None = None
    trusted_proxies: tuple[str, ...] = ()
    sign_in_role: Literal["editor", "reader"] = "editor"
    share: bool = False
    retention_days: int | None = Field(default=None, ge=1, le=36_500)
    retention_by_collection: dict[str, Annotated[int, Field(ge=0, le=36_500)]] = Field(default_factory=dict)
    retention_conversations_days: int | None = Field(default=None, ge=1, le=36_500)
    audit_file: Path | None = None
    log_file: Path | None = None
    log_file_mb: int = Field(default=10, ge=1)
    log_level: Literal["error", "warning", "info", "debug"] = "warning"
    host_names: tuple[str, ...] = ()
    api_origins: tuple[str, ...] = ()
    api_sources: bool = False
    mcp_write: bool = False

    @field_validator("database", "milvus")
    @classmethod
    def _names_server(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        schemes = ("postgresql://", "postgres://") if info.field_name == "database" else ("http://", "https://")
        if value is not None and not value.get_secret_value().startswith(schemes):
            raise ValueError("it is no such address")
        return value

    @field_validator("shared_folder")
    @classmethod
    def _names_place(cls, value: Path | str | None) -> Path | str | None:
        if not isinstance(value, str) or S3_ADDRESS.fullmatch(value):
            return value
        if "://" in value:
            raise ValueError("it is no such address")
        return Path(value)

    @property
    def decoding(self) -> Decoding:
        """The decoding settings, validated, as the generator takes them."""
        return Decoding(**{name: getattr(self, name) for name in DECODING_SETTINGS})

    @property
    def audit_log(self) -> Path:
        """The file that `rag.runtime.audit_log` writes."""
        return self.audit_file or self.library / AUDIT_LOG

    @property
    def originals(self) -> Path:
        """The folder of uploaded files and copies of web pages: of all servers of a database, or the library's.

        With a `file_storage`, only what this server is receiving, and copies, are here.
        """
        return self.shared_folder if isinstance(self.shared_folder, Path) else self.library

    @property
    def file_storage(self) -> str | None:
        """The address of the storage that servers share for these files; None if they are in a folder."""
        return self.shared_folder if isinstance(self.shared_folder, str) else None

    @property
    def embedder_prefixes(self) -> tuple[str | None, str | None]:
        """The prefixes of questions and documents; None is the model's own prompt."""
        return self.embedder_query_prefix, self.embedder_document_prefix

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  pydantic-settings passes both
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put flags first, then the environment, then the file; use no `.env` and no secrets folder."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**flags: Any) -> Settings:
    """Return the settings from file, environment and `flags`; a flag of None was not given.

    Raises:
        SettingsError: a key is unknown or a value invalid; the message names both.
    """
    _reject_unknown_variables()
    try:
        settings = Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(_explain(error)) from error
    except (ValueError, OSError) as error:  # a citewell.toml that is not TOML, or JSON expected in a variable
        raise SettingsError(
            f"Settings cannot be read: {error}. Check {CONFIG_FILE} and the {ENV_PREFIX}* variables."
        ) from error
    settings.decoding  # noqa: B018  validate now, to report a bad value at the start
    _check_servers(settings)
    _check_database(settings)
    return settings


def _check_database(settings: Settings) -> None:
    """Check the settings that go with a database.

    Raises:
        SettingsError: one is set, and there is no database.
    """
    if settings.database is None:
        if settings.milvus is not None:
            raise SettingsError(
                "Setting 'milvus' is for searching a library in PostgreSQL, and there is none. Set 'database' too, or "
                "leave milvus out."
            )
        for name, usual in {"shared_folder": None, "ingest_uploads": True}.items():
            if getattr(settings, name) != usual:
                raise SettingsError(
                    f"Setting '{name}' is for several servers on one database, and there is none. Set 'database' too, "
                    f"or leave {name} out."
                )


def _check_servers(settings: Settings) -> None:
    """Check the settings that name models of servers.

    Raises:
        SettingsError: an address cannot be used, or another setting asks for what no server does.
    """
    for name in ("model", "embedder", "reranker"):
        value = getattr(settings, name)
        if is_on_server(value) and not parse_server_model(value, name).is_local and settings.offline:
            raise SettingsError(
                f"Setting '{name}' names a server on the network, and offline is true. Change one of the two."
            )
    for name in ("entailment_model", "draft_model"):
        if is_on_server(getattr(settings, name)):
            raise SettingsError(f"Setting '{name}' cannot be a model of a server. Name a model of this machine.")
    if is_on_server(settings.model):
        for name, value in {"tensor_parallel": 1, "draft_model": None, "beams": 1}.items():
            if getattr(settings, name) != value:
                raise SettingsError(
                    f"Setting '{name}' is for a model of this machine, and the setting 'model' names one of a server. "
                    f"Leave {name} out."
                )


def _reject_unknown_variables() -> None:
    for name in os.environ:
        if name.startswith(ENV_PREFIX) and name not in (KEY_VARIABLE, OIDC_SECRET_VARIABLE):
            key = name.removeprefix(ENV_PREFIX).lower()
            if key not in Settings.model_fields:
                raise SettingsError(f"Unknown setting {name} in the environment.{_suggest(key)}")


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"Unknown setting '{key}'.{_suggest(key)}"
    if first["loc"][0] in _NO_ADDRESS:  # what was given may have a password
        return _NO_ADDRESS[str(first["loc"][0])]
    return f"Setting '{key}' is {first['input']!r}: {first['msg'][0].lower()}{first['msg'][1:]}."


def _suggest(key: str) -> str:
    close = get_close_matches(key, Settings.model_fields, n=1)
    return f" Did you mean '{close[0]}'?" if close else " docs/settings.md lists them all."
