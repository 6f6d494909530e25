"""Names of models behind the OpenAI protocol."""

import pytest

from rag.errors import SettingsError
from rag.types.server_model import is_on_server, label_of, parse_server_model, vector_space


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("openai:qwen3:4b@http://127.0.0.1:11434/v1", "qwen3:4b", "http://127.0.0.1:11434/v1"),
        ("openai:org/Model@https://GPU.example/v1/", "org/Model", "https://gpu.example/v1"),
        ("openai:/models/smol@http://localhost:8000", "/models/smol", "http://localhost:8000/v1"),
        ("openai:m@http://[::1]:8080/llm/v1", "m", "http://[::1]:8080/llm/v1"),
    ],
)
def test_a_name_is_read_with_its_address(text: str, name: str, address: str) -> None:
    server = parse_server_model(text, "model")
    assert (server.name, server.address) == (name, address)


@pytest.mark.parametrize(
    "text",
    [
        "openai:",
        "openai:name",
        "openai:m@ftp://h/v1",
        "openai:m@http://h:99999/v1",
        "openai:m@http://h/v1?key=1",
    ],
)
def test_what_is_no_such_name_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(SettingsError, match=r"'model'.*openai:NAME@URL"):
        parse_server_model(text, "model")


def test_a_server_of_this_machine_is_told_from_one_on_the_network() -> None:
    local = ("127.0.0.1:80", "127.8.8.8", "localhost", "[::1]:80")
    away = ("10.0.0.1", "example.org", "localhost.example.org", "[fe80::1]")
    assert all(parse_server_model(f"openai:m@http://{host}/v1", "model").is_local for host in local)
    assert not any(parse_server_model(f"openai:m@http://{host}/v1", "model").is_local for host in away)


def test_several_addresses_are_servers_of_one_model() -> None:
    server = parse_server_model("openai:m@http://127.0.0.1:1,HTTPS://gpu.example/llm/v1", "model")
    assert [(each.name, each.address) for each in server.replicas] == [
        ("m", "http://127.0.0.1:1/v1"),
        ("m", "https://gpu.example/llm/v1"),
    ]
    assert server.label == "openai:m at 127.0.0.1:1, gpu.example"
    assert not server.is_local, "one is on the network"
    assert vector_space("openai:m@http://a/v1,http://b/v1") == "openai:m"
    assert parse_server_model("openai:m@http://a/v1", "model").replicas == (
        parse_server_model("openai:m@http://a/v1", "model"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("openai:m@http://h/v1,http://H/v1/", "an address twice"),
        ("openai:m@http://h/v1,http://", "cannot be read"),
        ("openai:m@https://ann:hunter2@h/v1", "CITEWELL_SERVER_KEY"),
        ("openai:m@http://h/v1,http://ann:hunter2@h2/v1", "a user or a password"),
    ],
)
def test_each_address_is_checked_and_no_password_is_repeated(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        parse_server_model(text, "model")
    assert "hunter2" not in str(caught.value)


def test_people_are_told_name_and_host() -> None:
    assert label_of("openai:qwen3:4b@https://gpu.example:8443/llm/v1") == "openai:qwen3:4b at gpu.example:8443"
    assert label_of("default") == "default"
    assert (is_on_server("openai:m@x"), is_on_server("openai-community/gpt2"), is_on_server(None)) == (
        True,
        False,
        False,
    )
