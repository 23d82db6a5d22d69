"""The stage, set up anew for each test that asks for it; and no test speaks another's language."""

import pytest

from gateway.words import speaking
from tests.gateway.stage import stage_in


@pytest.fixture(autouse=True)
def _no_language_chosen():
    yield
    speaking.choose(None)


@pytest.fixture
async def stage(tmp_path):
    async with stage_in(tmp_path) as made:
        yield made
