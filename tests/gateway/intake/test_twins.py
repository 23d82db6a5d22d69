"""An entry that another key signs again: asked back before it is queued, taken if it is meant."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError

from chaincode.base import shapes
from gateway.device.signing import Device, new_nonce
from gateway.intake.errors import EnteredTwiceError
from gateway.projection import Signed
from tests.chaincode.shim.waiting import until
from tests.gateway.intake.scripted_ledger import CLOCK_S
from tests.gateway.intake.test_intake import command_id

NONCE = "5a" * 16


@pytest.fixture
async def farm(gateway, town):
    """Farm A with goods in stock, on two phones; its neighbour has some, too."""
    scene = Farm(gateway, town)
    await scene.begin()
    return scene


class Farm:
    def __init__(self, gateway, town):
        self.gateway, self.town = gateway, town
        self.lost = town.people["farm-a"].device
        self.new = Device.create(ledger=town.ledger, actor=self.lost.actor)
        self.lots = {}

    async def begin(self):
        invitation = new_nonce()
        body = {"actor": self.new.actor, "jwk": shapes.write(self.new.jwk)}
        body |= {"invitation": invitation, "kept": "file"}
        body["proof"] = self.new.prove_enrolment(invitation)
        enrol = self.town.registrars["coop"].device.sign("key.enrol", body, at=CLOCK_S)
        wires = [enrol]
        for handle in ("farm-a", "farm-b"):
            self.lots[handle], wire = self.town.harvest(handle, 20_000, at=CLOCK_S)
            wires.append(wire)
        await self.done(*wires)

    async def done(self, *wires, code="ACCEPTED"):
        assert await self.gateway.submit(*wires) == [code] * len(wires)
        await self.shown()

    async def shown(self):
        height = len(self.gateway.ledger.chain)
        assert await self.gateway.follower.wait_for_height(height, timeout_s=10)
        await until(lambda: self.gateway.intake.waiting_count == 0)

    def sale(self, device, *, handle="farm-a", quantity_g=100, nonce=NONCE):
        body = {"lot": self.lots[handle], "party": self.town.people[handle].party}
        closed = {"quantity_g": quantity_g}
        return device.sign("lot.sell", body, closed=closed, nonce=nonce, at=CLOCK_S)

    async def is_asked_back(self, *wires, index=0):
        with pytest.raises(EnteredTwiceError) as refused:
            await self.gateway.intake.accept(wires)
        assert (refused.value.index, refused.value.code) == (index, "ENTERED_TWICE")
        assert refused.value.member == "nonce"
        assert await self.gateway.intake.status(command_id(wires[index])) is None


async def test_what_is_on_record_by_another_key_is_asked_back_and_taken_if_it_is_meant(farm):
    await farm.done(farm.sale(farm.lost))
    again = farm.sale(farm.new)
    other = farm.sale(farm.town.people["farm-b"].device, handle="farm-b", nonce=new_nonce())
    await farm.is_asked_back(other, again, index=1)
    statuses = await farm.gateway.intake.accept([other, again], again={1})
    assert await farm.gateway.codes([one.id for one in statuses]) == ["ACCEPTED"] * 2
    # Sent once more it is no twin of itself.
    assert await farm.gateway.submit(again) == ["ACCEPTED"]


async def test_what_waits_by_another_key_is_asked_back(farm):
    farm.gateway.ledger.is_open.clear()
    (status,) = await farm.gateway.intake.accept([farm.sale(farm.lost)])
    await farm.is_asked_back(farm.sale(farm.new))
    farm.gateway.ledger.is_open.set()
    assert await farm.gateway.codes([status.id]) == ["ACCEPTED"]


async def test_one_request_that_brings_both_is_asked_back(farm):
    await farm.is_asked_back(farm.sale(farm.lost), farm.sale(farm.new), index=1)


async def test_what_its_own_device_signs_anew_while_it_waits_is_let_in(farm):
    """The one before it was dropped: of the two the sequence takes one."""
    farm.gateway.ledger.is_open.clear()
    first, old = farm.sale(farm.lost, nonce=new_nonce()), farm.sale(farm.lost)
    await farm.gateway.intake.accept([first, old])
    farm.lost.seq -= 1
    farm.lost.prev = "0" * 64
    (status,) = await farm.gateway.intake.accept([farm.sale(farm.lost)])
    assert status.answer is None
    farm.gateway.ledger.is_open.set()


async def test_what_was_rejected_is_signed_again_without_a_question(farm):
    await farm.done(farm.sale(farm.lost, quantity_g=90_000), code="INSUFFICIENT_QUANTITY")
    await farm.done(farm.sale(farm.new))


async def test_another_party_that_has_read_a_nonce_stops_nobody(farm):
    await farm.done(farm.sale(farm.town.people["farm-b"].device, handle="farm-b"))
    await farm.done(farm.sale(farm.new))


async def test_nobody_waits_for_a_database_that_is_away(farm, monkeypatch):
    await farm.done(farm.sale(farm.lost), farm.sale(farm.new, nonce=new_nonce()))

    async def away(*_arguments):
        await asyncio.sleep(0)
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(farm.gateway.projection.database, "read", away)
    (status,) = await farm.gateway.intake.accept([farm.sale(farm.new)])
    monkeypatch.undo()
    assert await farm.gateway.codes([status.id]) == ["ACCEPTED"]


async def test_requests_that_come_together_share_a_read_and_each_gets_its_own_answer(farm):
    await farm.done(farm.sale(farm.lost))
    record, read, reads = farm.gateway.intake._record, farm.gateway.projection.database.read, 0

    async def counted(*arguments):
        nonlocal reads
        reads += 1
        return await read(*arguments)

    farm.gateway.projection.database.read = counted
    actor = farm.new.actor
    asked = [
        [Signed(id=f"{number:064}", nonce=NONCE if number % 3 else new_nonce(), principal=actor)]
        for number in range(60)
    ]
    found = await asyncio.gather(*(record.entered_before(one) for one in asked))
    assert found == [{one[0].id} if one[0].nonce == NONCE else set() for one in asked]
    assert reads == 2
    assert await record.entered_before([]) == set()
