"""Office files say what they are in their properties."""

import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ingest.readers.office.properties import office_metadata, ole_metadata, stated_metadata
from ingest.readers.office.zip_xml import open_parts
from tests.support.documents.sample_documents import write_zip


def test_the_properties_of_a_word_document(tmp_path: Path) -> None:
    core = (
        "<cp:coreProperties xmlns:cp='c' xmlns:dc='d'><dc:title>Fees</dc:title><dc:creator>Ann</dc:creator>"
        "<created>2024-05-06T00:00:00Z</created><modified> </modified></cp:coreProperties>"
    )
    app = "<Properties><Company>ACME</Company></Properties>"
    with open_parts(write_zip(tmp_path / "a.docx", {"docProps/core.xml": core, "docProps/app.xml": app})) as parts:
        assert office_metadata(parts) == {
            "title": "Fees",
            "author": "Ann",
            "date": "2024-05-06T00:00:00Z",
            "organisation": "ACME",
        }


def test_the_properties_of_an_open_document(tmp_path: Path) -> None:
    meta = "<m><title>Plan</title><creator>Bob</creator><creator>Ann</creator></m>"
    with open_parts(write_zip(tmp_path / "a.odt", {"meta.xml": meta})) as parts:
        assert stated_metadata(parts.xml("meta.xml")) == {"title": "Plan", "author": "Bob, Ann"}
    with open_parts(write_zip(tmp_path / "b.odt", {"x": "y"})) as parts:
        assert stated_metadata(parts.xml("meta.xml")) == {}


def test_the_properties_of_an_old_file_are_decoded_and_its_unset_date_is_none() -> None:
    found = SimpleNamespace(
        title="Büro".encode("cp1252"),
        author="Ян".encode("cp1251"),
        company=b"ACME",
        codepage=1251,
        create_time=datetime.datetime(1601, 1, 1),  # noqa: DTZ001  as olefile gives it
    )
    ole: Any = SimpleNamespace(get_metadata=lambda: found)
    assert ole_metadata(ole) == {"title": "Bьro", "author": "Ян", "organisation": "ACME"}
