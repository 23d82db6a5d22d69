"""A gateway on an embedded ledger, and everybody's keys in one folder."""

import pytest

from gateway.demo.build import write_keys
from gateway.demo.town import Town
from tests.scenarios.stage import embedded_stage


@pytest.fixture
async def stage(tmp_path, monkeypatch):
    town = Town.create()
    async with embedded_stage(tmp_path, town) as running:
        home = tmp_path / "home"
        home.mkdir()
        write_keys(town, home, gateway=running.url)
        monkeypatch.setenv("MINORI_HOME", str(home))
        yield running


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"
