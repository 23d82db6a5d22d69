"""One organisation refuses for a month: what goes on, what waits, and each way out."""

import pytest

from chaincode.rules import EVER
from tests.chaincode.liveness import COUNTS, ROWS, Row, table
from tests.chaincode.organisations import standing

OF_OFFICES = {
    name
    for name, kind in EVER.items()
    if (kind.signers == 2 or kind.roles & {"registrar", "land-registrar"})
    and name not in {"lot.settle", "lot.open"}  # two parties; a witness
}


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("one", ROWS, ids=lambda one: one.story.__name__)
def test_it_is_as_the_table_says(one: Row, count: int):
    one.story(standing(count), count)


def test_every_act_of_registrars_and_of_two_organisations_is_in_the_table():
    missing = {name for name in OF_OFFICES if f"`{name}`" not in table()}
    assert missing <= {"organisation.reinstate"}
