"""Two runs have the same keys if, and only if, they would be answered alike."""

from pathlib import Path

from evaluation.cases import Case
from evaluation.record_keys import DECIDING, fingerprint, sources_by_case
from rag.services import Services
from rag.settings import Settings, load_settings

CHANGES_NOTHING = set(
    """library database milvus shared_folder ingest_uploads models server_seconds offline threads answers_at_once
    answers_waiting prefix_cache_mb read_ahead max_file_mb reader_memory_mb reader_seconds max_documents
    web_private_hosts web_seconds web_delay_seconds max_question_chars strictness host port path_prefix auth_file
    oidc_issuer oidc_client_id oidc_domains oidc_groups oidc_owners proxy_user_header trusted_proxies sign_in_role share
    retention_days retention_by_collection retention_conversations_days audit_file log_file log_file_mb log_level
    host_names api_origins api_sources mcp_write""".split()
)
"""What is asked (library, database, milvus) is in the key of each case."""

OWN = Case(id="own", question="?")
FILED = Case(id="filed", question="?", documents=("a.md",))


def test_every_setting_either_decides_answers_or_does_not() -> None:
    assert set(Settings.model_fields) == DECIDING | CHANGES_NOTHING
    assert not DECIDING & CHANGES_NOTHING


def test_a_filter_is_known_by_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "filter.toml"
    file.write_text("a = 1")
    first = fingerprint(load_settings(content_filter=file))
    file.write_text("a = 2")
    assert fingerprint(load_settings(content_filter=file)) != first


def test_two_databases_are_not_the_same_to_ask(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Dogs bark.")
    documents = {"filed": [tmp_path / "a.md"], "own": []}

    def keys(database: str) -> dict[str, str]:
        services = Services(load_settings(database=database))
        services.library = Services(load_settings()).library
        return sources_by_case([OWN, FILED], documents, services)

    one, other = keys("postgresql://host/one"), keys("postgresql://host/two")
    assert one == keys("postgresql://host/one")
    assert not set(one.values()) & set(other.values())
    assert "one" not in "".join(one.values())
