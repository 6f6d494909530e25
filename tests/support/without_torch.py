"""Skip what needs torch where it is not installed, as in the environment of a second Python in CI."""

from collections.abc import Generator
from importlib.util import find_spec

import pytest

REASON = "needs torch"
_MISSING = [
    f"No module named '{name}" for name in ("torch", "accelerate", "sentence_transformers", "xllamacpp")
]  # followed by its end, or by a module of it


def _needs_torch(failure: object) -> bool:
    return any(words in str(failure) for words in _MISSING)


class WithoutTorch:
    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        report = yield
        if report.failed and _needs_torch(report.longrepr):
            report.outcome, report.longrepr = "skipped", (str(collector.path), 0, REASON)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.excinfo and isinstance(call.excinfo.value, ModuleNotFoundError) and _needs_torch(call.excinfo.value):
            report.outcome, report.longrepr = "skipped", (str(item.path), 0, REASON)
        return report


def pytest_configure(config: pytest.Config) -> None:
    if find_spec("torch") is None:
        config.pluginmanager.register(WithoutTorch())
