"""A place for a second town."""

import pytest

from tests.gateway.setup.workbooks import Place


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)
