"""Settings: their sources, and the messages about wrong ones."""

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import load_settings


def test_flags_beat_the_environment_which_beats_the_file_which_beats_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().passages == 5
    (tmp_path / "citewell.toml").write_text("passages = 6\nport = 8000\n")
    assert load_settings().passages == 6
    monkeypatch.setenv("CITEWELL_PASSAGES", "7")
    assert load_settings().passages == 7
    assert (load_settings(passages=8).passages, load_settings(passages=None).passages) == (8, 7)
    assert load_settings().port == 8000


def test_an_unknown_key_is_named_with_a_suggestion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "citewell.toml").write_text("pasages = 6\n")
    with pytest.raises(SettingsError, match=r"'pasages'.*Did you mean 'passages'"):
        load_settings()
    (tmp_path / "citewell.toml").unlink()
    monkeypatch.setenv("CITEWELL_TEMPRATURE", "1")
    with pytest.raises(SettingsError, match=r"CITEWELL_TEMPRATURE.*Did you mean 'temperature'"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"), [("port", "-1"), ("passages", "0"), ("temperature", "hot"), ("dense_weight", "2")]
)
def test_a_bad_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"CITEWELL_{name.upper()}", value)
    with pytest.raises(SettingsError, match=f"'{name}' is '?{value}"):
        load_settings()


def test_a_decoding_that_cannot_be_is_found_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_TOP_P", "3")
    with pytest.raises(SettingsError, match="top_p"):
        load_settings()


def test_a_file_that_is_not_toml_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "citewell.toml").write_text("passages = = 6")
    with pytest.raises(SettingsError, match=r"citewell\.toml"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threads", -1),
        ("answers_at_once", 0),
        ("weights", "int3"),
    ],
)
def test_a_setting_out_of_its_range_is_named_before_anything_is_loaded(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"'{name}' is "):
        load_settings(**{name: value})


SERVER = "openai:qwen3:4b@http://127.0.0.1:11434/v1"
AWAY = "openai:qwen3:4b@https://gpu.example/v1"


@pytest.mark.parametrize("name", ["model", "embedder", "reranker"])
def test_a_model_of_a_server_is_named_like_any_other(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"CITEWELL_{name.upper()}", SERVER)
    assert getattr(load_settings(offline=True), name) == SERVER
    monkeypatch.setenv(f"CITEWELL_{name.upper()}", "openai:qwen3")
    with pytest.raises(SettingsError, match=rf"'{name}'.*openai:NAME@URL"):
        load_settings()


def test_offline_allows_servers_of_this_machine_only() -> None:
    with pytest.raises(SettingsError, match="'embedder' names a server on the network, and offline is true"):
        load_settings(embedder=AWAY, offline=True)
    assert load_settings(embedder=AWAY).embedder == AWAY


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("beams", 4),
        ("tensor_parallel", 2),
        ("draft_model", "tiny"),
        ("entailment_model", SERVER),
        ("draft_model", SERVER),
    ],
)
def test_what_only_a_model_of_this_machine_can_do_is_not_asked_of_a_server(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"'{name}'.*this machine"):
        load_settings(**{"model": SERVER, name: value})


def test_the_key_of_a_server_is_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_SERVER_KEY", "sk-secret")
    assert "sk-secret" not in repr(load_settings(model=SERVER))
    (tmp_path / "citewell.toml").write_text('server_key = "sk-secret"\n')
    with pytest.raises(SettingsError, match="Unknown setting 'server_key'"):
        load_settings()


def test_the_address_of_the_database_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_DATABASE", "postgresql://ann:hunter2@db/library")
    settings = load_settings()
    assert settings.database is not None
    assert settings.database.get_secret_value().endswith("/library")
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    monkeypatch.setenv("CITEWELL_DATABASE", "mysql://ann:hunter2@db/library")
    with pytest.raises(SettingsError, match="no address of PostgreSQL") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_milvus_searches_a_database_and_its_address_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_MILVUS", "http://ann:hunter2@milvus.example:19530")
    with pytest.raises(SettingsError, match="is for searching a library in PostgreSQL, and there is none"):
        load_settings()
    settings = load_settings(database="postgresql://db.example/citewell")
    assert settings.milvus
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    monkeypatch.setenv("CITEWELL_MILVUS", "ann:hunter2@milvus.example")
    with pytest.raises(SettingsError, match="no address of Milvus") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("values", [{"shared_folder": "/srv/citewell"}, {"ingest_uploads": False}])
def test_what_is_for_several_servers_needs_a_database(values: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="is for several servers on one database, and there is none"):
        load_settings(**values)
    assert load_settings(**values, database="postgresql://db.example/citewell").database


@pytest.mark.parametrize(
    "address",
    [
        "s3://", "s3://Bucket/a", "s3://key:hunter2@bucket/a", "s3://bucket/../hunter2", "s3://bucket//hunter2",
        "s3://bucket/a?hunter2", "gs://bucket/hunter2", "https://hunter2@s3.example/bucket",
    ],
)  # fmt: skip
def test_what_is_no_address_of_storage_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(SettingsError, match="write 's3://BUCKET/PREFIX'") as caught:
        load_settings(database="postgresql://db.example/citewell", shared_folder=address)
    assert "hunter2" not in str(caught.value)
