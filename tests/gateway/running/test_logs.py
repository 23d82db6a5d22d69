"""The gateway's log: lines of JSON, without what was in any variable."""

import json
import logging
import subprocess
import sys

import pytest
import structlog

from gateway.running.logs import configure_logs
from gateway.settings import LogLevel


@pytest.fixture(autouse=True)
def _restore():
    yield
    structlog.reset_defaults()
    logging.getLogger("gateway").handlers.clear()
    logging.getLogger("gateway").setLevel(logging.NOTSET)


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


def test_a_command_logs_beside_its_answer():
    program = (
        "import structlog; from network import cli\n"
        "@cli.app.command()\n"
        "def ask():\n"
        "    structlog.get_logger().warning('names_not_read'); print('answer')\n"
        "cli.main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, "ask"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stdout == "answer\n"
    assert "names_not_read" in ran.stderr
