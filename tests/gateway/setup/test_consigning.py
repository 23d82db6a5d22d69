"""Consignments of a workbook: proposed once, told whose registrar signs, and left to both sides."""

import contextlib
import json
import sqlite3

import pytest

from chaincode.contract import MinoriContract
from gateway.device.keyring import Key
from gateway.ledgers.embedded import EmbeddedLedger
from gateway.setup.applying import preview
from gateway.setup.checking import check
from gateway.setup.faults import FaultKind
from gateway.setup.ledger_view import Doors
from gateway.setup.planning import Plan
from tests.gateway.setup.workbooks import NOW, TODAY, Place, read, town

ROW = {"producer": "F001", "shop": "S001", "since": "2026-04-01", "until": "2027-03-31"}
CODE = "F001 S001"


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def rows(**changed):
    return {**town(), "consignments": [{**ROW, **changed}]}


@contextlib.asynccontextmanager
async def ledger_of(place):
    ledger = await EmbeddedLedger.open(place.path, contract=MinoriContract())
    try:
        yield ledger
    finally:
        await ledger.close()


def details(place) -> dict:
    """Return what the register remembers of the consignment, and which parties it is of."""
    with contextlib.closing(sqlite3.connect(place.files.register)) as register:
        query = "SELECT id, details FROM entries WHERE sheet = 'consignments'"
        (row,) = register.execute(query).fetchall()
    return {"parties": row[0], **json.loads(row[1])}


async def record(place, key: str) -> dict | None:
    async with ledger_of(place) as ledger:
        return (await ledger.query([key]))[key]


async def preview_of(place) -> Plan:
    """Return what an application of the same workbook would do."""
    async with ledger_of(place) as ledger:
        reading = read(place.folder, rows())
        return await preview(reading, place.files, Doors(ledger=ledger), now=NOW)


async def approve(place, code: str) -> None:
    """Let somebody of the other organisation sign what is proposed."""
    proposal = details(place)["proposal"]
    pending = await record(place, f"pending/{proposal}")
    producer, shop = details(place)["parties"].split("/")
    device = Key.load(place.files.key(code)).device
    body = {
        "proposal": proposal,
        "proposer": {"device": pending["device"], "actor": pending["actor"]},
        "type": "consignment.register",
        "body": {"producer": producer, "shop": shop, **details(place)["terms"]},
    }
    async with ledger_of(place) as ledger:
        head = (await ledger.query([f"device/{device.kid}"]))[f"device/{device.kid}"]
        device.seq, device.prev = head["next"], head["prev"]
        receipt = await ledger.submit([device.sign("proposal.approve", body)])
    assert [one["code"] for one in receipt.results] == ["ACCEPTED"]


async def test_it_is_proposed_once_and_told_whose_registrar_signs_it(place):
    told: list[str] = []
    first = await place.apply(rows(), progress=told.append)
    proposal = details(place)["proposal"]
    pending = await record(place, f"pending/{proposal}")
    assert (pending["state"], pending["organisation"]) == ("open", "nokyo")
    assert await record(place, f"consignment/{details(place)['parties']}") is None
    assert "a registrar of ichiba signs it by `minori approve`" in told[-1]
    told.clear()
    again = await place.apply(rows(), progress=told.append)
    assert (first.commands > 0, again.commands) == (True, 0)
    assert "a registrar of ichiba signs it" in told[-1]
    assert details(place)["proposal"] == proposal
    assert [one.what for one in first.plan.created if one.sheet == "consignments"] == [CODE]
    plan = await preview_of(place)
    assert ([one.what for one in plan.waiting], plan.is_nothing) == ([CODE], True)


async def test_once_it_is_signed_nothing_waits_and_other_dates_are_proposed_anew(place):
    await place.apply(rows())
    await approve(place, "R3")
    given = await record(place, f"consignment/{details(place)['parties']}")
    assert (given["since"], given["until"]) == ("2026-04-01", "2027-03-31")
    told: list[str] = []
    assert (await place.apply(rows(), progress=told.append)).commands == 0
    assert not [text for text in told if "minori approve" in text]
    before = details(place)["proposal"]
    assert (await place.apply(rows(until="2028-03-31"))).commands == 1
    assert details(place)["proposal"] != before


async def test_what_a_side_has_ended_is_not_proposed_again(place):
    await place.apply(rows())
    await approve(place, "R3")
    producer, shop = details(place)["parties"].split("/")
    device = Key.load(place.files.key("P001")).device
    async with ledger_of(place) as ledger:
        head = (await ledger.query([f"device/{device.kid}"]))[f"device/{device.kid}"]
        device.seq, device.prev = head["next"], head["prev"]
        body = {"producer": producer, "shop": shop}
        await ledger.submit([device.sign("consignment.revoke", body)])
    assert (await record(place, f"consignment/{producer}/{shop}"))["is_revoked"]
    assert (await place.apply(rows())).commands == 0


def test_what_is_wrong_is_told_with_its_row(tmp_path):
    wrong = {**town(), "consignments": [{**ROW, "until": "2026-03-31"}, ROW, {**ROW, "shop": "X"}]}
    faults = check(read(tmp_path, wrong), today=TODAY)
    assert [(one.kind, one.row) for one in faults] == [
        (FaultKind.PERIOD_REVERSED, 2),
        (FaultKind.TWICE, 3),
        (FaultKind.UNKNOWN_REFERENCE, 4),
    ]


@pytest.mark.parametrize(
    ("producer", "shop", "desk", "kinds"),
    [
        ("F001", "S001", "O2", []),
        ("F001", "S001", "S001", [FaultKind.CONSIGNED_TO_DESK]),
        ("F001", "F001", "O2", [FaultKind.CONSIGNED_TO_ITSELF]),
        ("S001", "F001", "F001", [FaultKind.CONSIGNED_TO_DESK]),
        ("F001", "H1", "H1", [FaultKind.DESK_IN_PACKING_HOUSE, FaultKind.CONSIGNED_TO_DESK]),
        ("H1", "S001", "O2", []),
    ],
)
def test_the_two_sides_are_two_also_where_one_signs_for_the_other(
    tmp_path, producer, shop, desk, kinds
):
    sheets = rows(producer=producer, shop=shop)
    for one in sheets["organisations"]:
        one["roles"] += "、窓口、選果場"
    house = {"code": "H1", "organisation": "nokyo", "kind": "店", "name": "選果場"}
    sheets["parties"].append(house)
    entered = {"since": "2026-04-01", "name": "町の 花子"}
    sheets["people"] += [
        {"code": "D1", "party": desk, "role": "窓口", **entered},
        {"code": "D2", "party": "H1", "role": "選果場", **entered},
    ]
    faults = check(read(tmp_path, sheets), today=TODAY)
    assert [one.kind for one in faults] == kinds
    told = {one.kind: (one.row, one.values["value"]) for one in faults}
    for kind in set(kinds) - {FaultKind.DESK_IN_PACKING_HOUSE}:
        assert told[kind] == (2, shop)
