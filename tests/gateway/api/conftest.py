"""The stage, set up anew for each test that asks for it."""

import pytest

from tests.gateway.stage import stage_in


@pytest.fixture
async def stage(tmp_path):
    async with stage_in(tmp_path) as made:
        yield made
