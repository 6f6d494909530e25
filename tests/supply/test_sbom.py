"""`make sbom` lists each package of this platform's lock with its version and hash, and the same list each time."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

LINE = re.compile(r"([a-z0-9-]+)==([^ ;]+) --hash=sha256:([0-9a-f]{64})")


def _lock() -> Path:
    command = [sys.executable, str(ROOT / ".ci" / "lock.py"), "--path"]
    return Path(subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())


@pytest.mark.slow
@pytest.mark.skipif(not _lock().is_file(), reason="this platform and Python have no lock")
def test_the_bill_of_materials_has_every_package_of_the_lock(tmp_path: Path) -> None:
    written = tmp_path / "sbom.json"
    command = ["make", "sbom", f"PYTHON={sys.executable}", f"SBOM_VENV={tmp_path / 'tool'}", f"SBOM={written}"]
    subprocess.run(command, cwd=ROOT, check=True)
    first = written.read_bytes()
    bill = json.loads(first)
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "citewell"
    listed = {each["name"].lower(): (each["version"], _hashes(each)) for each in bill["components"]}
    locked = {name: (version, {sha256}) for name, version, sha256 in LINE.findall(_lock().read_text())}
    assert listed == locked
    subprocess.run(command, cwd=ROOT, check=True)
    assert written.read_bytes() == first


def _hashes(component: dict[str, object]) -> set[str]:
    references = component.get("externalReferences", [])
    assert isinstance(references, list)
    return {each["content"] for reference in references for each in reference.get("hashes", [])}
