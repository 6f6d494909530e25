"""What commands share: settings from flags, services that are closed, JSON, errors about a missing extra."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands import serve
from cli.main import app
from cli.options import eval_extra, print_json, read_settings, warn_of_network_disk
from observing import network_disks
from rag.errors import LibraryError, SettingsError
from rag.runtime.progress import Progress, no_progress
from rag.services import Services
from rag.settings import Settings, load_settings


@pytest.mark.parametrize("arguments", [("library", "list"), ("library", "remove", "7"), ("library", "verify")])
def test_a_command_closes_what_it_opened_however_it_ends(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Services] = []
    begin = Services.__init__

    def noted(services: Services, settings: Settings, report: Progress = no_progress) -> None:
        begin(services, settings, report)
        opened.append(services)

    monkeypatch.setattr(Services, "__init__", noted)
    CliRunner().invoke(app, arguments)
    (services,) = opened
    with pytest.raises(LibraryError, match="closed"):
        services.library.documents()


def test_a_flag_that_was_not_given_leaves_the_setting_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CITEWELL_PASSAGES", "3")
    assert read_settings(passages=None).passages == 3
    assert read_settings(passages=4).passages == 4


def test_a_library_on_a_network_disk_is_warned_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(network_disks, "file_system", lambda _: "nfs4")
    (tmp_path / "empty").mkdir()
    CliRunner().invoke(app, ["ingest", str(tmp_path / "empty")])
    (warning,) = [each.getMessage() for each in caplog.records if "network disk" in each.getMessage()]
    assert "is on a network disk (nfs4)" in warning
    assert "Keep it on a disk of this machine" in warning
    caplog.clear()
    warn_of_network_disk(load_settings(database="postgresql://db/library"))
    assert caplog.records == [], "a database keeps its own files"


def test_a_server_warns_of_it_too(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(network_disks, "file_system", lambda _: "cifs")
    monkeypatch.setattr(serve, "_prepare", lambda *_: None)

    def refused(_services: Services) -> None:
        raise SettingsError("The port is in use.")

    monkeypatch.setattr(serve, "_start_app", refused)
    result = CliRunner().invoke(app, ["serve"])
    assert isinstance(result.exception, SettingsError)
    assert sum("network disk (cifs)" in each.getMessage() for each in caplog.records) == 1


def test_json_keeps_letters_of_all_languages_readable(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "Å – 語"})
    out = capsys.readouterr().out
    assert "Å – 語" in out
    assert json.loads(out) == {"name": "Å – 語"}


def test_a_missing_package_of_the_extra_says_how_to_install_it_and_another_is_not_hidden() -> None:
    with pytest.raises(SettingsError, match=r"needs sklearn\. Run 'pip install --editable"), eval_extra():
        raise ModuleNotFoundError(name="sklearn")
    with pytest.raises(ModuleNotFoundError), eval_extra():
        raise ModuleNotFoundError(name="ours")
