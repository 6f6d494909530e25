"""Run pytest; what failed runs once more, alone and in one process, and what passes then is told of as unstable.

A test that is red by chance must not keep good work back, and must not be forgotten either: it is mended before
anything else lands. There is no third run, and no second one where much failed: that is not chance.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

MOST_BY_CHANCE = 20
_TESTS_FAILED = 1


def run(arguments: Sequence[str], *, most: int = MOST_BY_CHANCE) -> int:
    """Run pytest with these arguments, and what failed again if it is at `most` so much; return the exit code."""
    with TemporaryDirectory() as cache:  # of this run alone: pytest's own remembers the failures of earlier ones
        pytest = [sys.executable, "-m", "pytest", *arguments, "--override-ini", f"cache_dir={cache}"]
        # The second run explains what failed: to rewrite the assertions of all tests takes each process half a minute.
        code = subprocess.run([*pytest, "--assert", "plain"], check=False).returncode
        failed = _failed(Path(cache))
        if code != _TESTS_FAILED or not 0 < len(failed) <= most:
            return code
        _say(f"\n{len(failed)} failed; once more, alone:\n")
        again = ["--numprocesses", "0", "--dist", "no", "--last-failed", "--last-failed-no-failures", "none"]
        code = subprocess.run([*pytest, *again], check=False).returncode
    if code == 0:
        for test in failed:
            _say(f"unstable: {test}")
    return code


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  a command's own output


def _failed(cache: Path) -> list[str]:
    """Return the names of the tests that failed."""
    file = cache / "v" / "cache" / "lastfailed"
    return sorted(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else []


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
