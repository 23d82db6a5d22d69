"""How a gateway starts: what it leaves to later, so that it answers within two seconds."""

import gc
import subprocess
import sys

import pytest

from gateway.running import collector

# Each takes a twentieth of the start or more, and an embedded ledger's first answer needs none.
LATER = ("grpc", "google.protobuf", "httpx2", "jinja2", "openpyxl", "segno", "sqlalchemy.orm")


def test_what_the_first_answer_does_not_need_is_not_imported():
    program = (
        "import sys, network.cli, gateway.running.serving, gateway.ledgers.embedded\n"
        f"print([name for name in {LATER} if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert found.stdout == "[]\n"


def test_the_collector_pauses_and_keeps_away_from_what_was_made_meanwhile():
    try:
        with collector.paused():
            assert not gc.isenabled()
            made = [[]]
        assert gc.isenabled()
        assert not any(one is made for one in gc.get_objects())
        with pytest.raises(ZeroDivisionError), collector.paused():
            _ = 1 / 0
        assert gc.isenabled()
    finally:
        gc.unfreeze()
