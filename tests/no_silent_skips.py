"""Under `make test` and in CI a test that skips is a failure: what it lacked is to be installed.

A bare `pytest` may skip. The one exception is Fabric 3.x, whose commands no registry serves.
"""

import os

import pytest

ALLOWED = "MINORI_FABRIC3_BIN"
NO_SKIPS = "TESTS_NO_SKIPS"  # set by `python -m tests`


def pytest_configure(config):
    if os.environ.get("CI") or os.environ.get(NO_SKIPS):
        config.pluginmanager.register(_Watch(), "no-silent-skips")


class _Watch:
    def __init__(self):
        self.skipped = []

    def pytest_runtest_logreport(self, report):
        if (
            report.skipped
            and not hasattr(report, "wasxfail")
            and ALLOWED not in str(report.longrepr)
        ):
            self.skipped.append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        if self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        for nodeid in self.skipped:
            terminalreporter.write_line(f"SKIPPED, which fails the run: {nodeid}", red=True)
