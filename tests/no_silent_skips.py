"""Under `make test` and in CI a test that skips is a failure: what it lacked is to be installed.

A bare `pytest` may skip. Two things are excepted: Fabric 3.x, whose commands no registry serves,
and what only a process that may mount can do.
"""

import os

import pytest

from tests.small_disk import MAY_NOT_MOUNT

ALLOWED = ("MINORI_FABRIC3_BIN", MAY_NOT_MOUNT)
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
            and not any(reason in str(report.longrepr) for reason in ALLOWED)
        ):
            self.skipped.append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        if self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        for nodeid in self.skipped:
            terminalreporter.write_line(f"SKIPPED, which fails the run: {nodeid}", red=True)
