"""The gateway's log: lines of JSON, without what was in any variable."""

import json

import pytest
import structlog

from gateway.logs import configure_logs
from gateway.settings import LogLevel


@pytest.fixture(autouse=True)
def _restore():
    yield
    structlog.reset_defaults()


def test_a_failure_is_one_line_of_json_without_local_variables(capsys):
    configure_logs(LogLevel.INFO)
    log = structlog.get_logger()
    quantity_g = 123_456_789

    def fail():
        raise ValueError("broken")

    try:
        fail()
    except ValueError:
        log.exception("something_failed", block_number=7)
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["block_number"]) == ("something_failed", "error", 7)
    assert "ValueError: broken" in told["exception"]
    assert str(quantity_g) not in line


def test_what_is_less_grave_than_the_level_is_not_logged(capsys):
    configure_logs(LogLevel.WARNING)
    structlog.get_logger().info("nothing_special")
    assert capsys.readouterr().err == ""
