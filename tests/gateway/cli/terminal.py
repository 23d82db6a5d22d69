"""The command line as its users run it."""

import re
import time

from typer.testing import CliRunner

from network.cli import app
from tests.scenarios.stage import READY_PATIENCE_S

run = CliRunner()


def minori(*arguments: str, code: int = 0, typed: str = "") -> str:
    """Run a command, and return what it printed; `typed` are the answers to its questions."""
    result = run.invoke(app, arguments, input=typed)
    assert result.exit_code == code, (result.output, result.stderr, result.exception)
    return result.output  # what goes to stderr, too


def drawn(output: str, name: str) -> str:
    """Return the id that was printed under a name."""
    return re.search(rf"^{name} +(\w{{20,64}})$", output, re.MULTILINE)[1]


def harvest(stage, *options: str, key: str = "farm-a", code: int = 0) -> str:
    """Harvest 12.5 kg of carrots of the key's plot, and return what was printed."""
    words = (f"plot={stage.town.plots[key]}", "crop=carrot", "quantity_g=12.5kg", "estimated=false")
    return minori("submit", "lot.harvest", *words, "--key", key, *options, code=code)


def send(key: str) -> str:
    """Send what waits, as soon as the gateway is back."""
    deadline = time.monotonic() + READY_PATIENCE_S
    while True:
        result = run.invoke(app, ["submit", "queue", "--key", key])
        if "can't be reached" not in result.output or time.monotonic() > deadline:
            return result.output
        time.sleep(0.1)
