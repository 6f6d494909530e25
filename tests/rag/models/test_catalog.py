"""The catalog: every entry is complete, and found by its aliases."""

from rag.models.catalog import CATALOG, find_spec


def test_every_catalog_entry_is_complete() -> None:
    for entry in CATALOG:
        assert entry.licence
        assert 0 < entry.download_bytes <= entry.disk_bytes
        for file in entry.files:
            assert len(bytes.fromhex(file.sha256)) == 32
            assert file.parts or (entry.archive and entry.archive.parts)
        assert all(find_spec(alias) is entry for alias in entry.aliases)
