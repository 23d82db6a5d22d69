"""What waits for a second signature: told in words to those who may give it, and to nobody else."""

import asyncio
import contextlib
import time
from dataclasses import replace

import pytest
import pytest_asyncio

from chaincode.base import shapes
from chaincode.rules import EVER
from gateway.api.second_signatures import awaits
from gateway.api.waiting_records import WORDS
from gateway.demo.trading import Trading
from gateway.device.signing import Device
from gateway.lookups.awaited import ACCEPT, CONFIRM
from gateway.lookups.people import find_founding
from tests.gateway.stage import command_id, command_json, stage_in

ON_STAGE = pytest.mark.asyncio(loop_scope="module")
READERS = (
    *("farm-a", "farm-b", "shop-a", "shop-b", "inspector", "centre-desk", "food-safety"),
    *("quality-desk", "packing-house", "registrar-coop", "registrar-shops", "registrar-town"),
)
ENGLISH = {"Accept-Language": "en"}
TWO_SIGNERS = sorted(name for name, kind in EVER.items() if kind.signers == 2)


class Office:
    """Signs a proposal of each type that has two signers, in a town with some goods."""

    def __init__(self, stage):
        self.stage = stage
        self.trade = Trading(stage.town)

    @contextlib.contextmanager
    def unsent(self, handle: str):
        """Let a person sign what is never sent: their device stays where it is."""
        device = self.stage.person(handle).device
        before = device.seq, device.prev
        yield
        device.seq, device.prev = before

    async def proposal(self, kind: str) -> tuple[str, bytes]:
        """Return who proposes, and what."""
        return await getattr(self, kind.replace(".", "_"))()

    async def consignment_register(self):
        people = self.stage.town.people
        sides = {"producer": people["farm-a"].party, "shop": people["shop-a"].party}
        body = {**sides, "since": "2026-04-01", "until": "2030-03-31"}
        registrar = people["registrar-coop"].device
        return "registrar-coop", registrar.sign("consignment.register", body)

    async def recall_declare(self):
        body = self.trade.declaration("quality-desk", "0" * 20, crops=["carrot"])
        return "quality-desk", self.trade.act("quality-desk", "recall.declare", body)

    async def recall_widen(self):
        recall = await self.recalled()
        body = {"recall": recall, "roots": ["1" * 20], "crops": ["carrot"]}
        officer = self.stage.person("quality-desk").device
        return "quality-desk", officer.sign("recall.widen", body)

    async def recalled(self) -> str:
        """Let one officer recall a lot, and return the recall."""
        lot, harvest = self.stage.town.harvest("farm-a", 1_000)
        recall, wire = self.trade.recall(lot)
        await self.stage.done(harvest, wire)
        return recall

    async def ended(self, verb):
        recall = await self.recalled()
        with self.unsent("food-safety"):
            return "quality-desk", self.trade.end(recall, verb)[0]

    async def recall_lift(self):
        return await self.ended("lift")

    async def recall_close(self):
        return await self.ended("close")

    async def lot_open(self):
        with self.unsent("inspector"):
            return "farm-a", self.trade.open_stock("farm-a", 40_000)[1][0]

    async def lot_settle(self):
        town = self.stage.town
        lot, harvest = town.harvest("farm-a", 40_000)
        shipment, ship = town.ship("farm-a", lot, "shop-a", 10_000)
        await self.stage.done(harvest, ship, town.receive("shop-a", lot, shipment, 9_000))
        closed = {
            "sender": self.trade.party("farm-a"),
            "recipient": self.trade.party("shop-a"),
            "to_sender_g": 200,
            "to_recipient_g": 300,
            "lost_g": 500,
        }
        body = {"shipment": shipment, "lot": lot}
        return "shop-a", self.stage.person("shop-a").device.sign("lot.settle", body, closed=closed)

    async def mandate_register(self):
        people = self.stage.town.people
        agent = people["centre-desk"].actor
        farms = (people["farm-b"].actor, people["farm-c"].actor)
        body = {
            "mandates": [{"principal": one, "agent": agent} for one in farms],
            "types": ["lot.harvest"],
            "since": "2026-04-01",
            "until": "2099-03-31",
        }
        return "registrar-coop", people["registrar-coop"].device.sign("mandate.register", body)

    async def constitution_amend(self):
        constitution = replace(self.stage.town.constitution, title="みのり市")
        body = {"constitution": shapes.write(constitution), "epoch": 2}
        registrar = self.stage.person("registrar-town")
        return "registrar-town", registrar.device.sign("constitution.amend", body)

    async def rules_activate(self):
        registrar = self.stage.person("registrar-town")
        body = {"rules": 1, "epoch": 2}
        return "registrar-town", registrar.device.sign("rules.activate", body)

    async def auditor_register(self):
        device = Device.create(ledger=self.stage.town.ledger, actor="AAAAAAAAAAAA")
        body = {
            "organisation": "auditor",
            "party": "BBBBBBBBBBBB",
            "actor": device.actor,
            "roles": [{"role": "auditor", "since": "2026-04-01"}],
            "jwk": shapes.write(device.jwk),
            "kept": "file",
            "invitation": "ab" * 16,
            "proof": device.prove_enrolment("ab" * 16),
        }
        return self.by_the_shops("auditor.register", body)

    async def auditor_grant(self):
        roles = [{"role": "auditor", "since": "2026-04-01"}]
        body = {"actor": "AAAAAAAAAAAA", "roles": roles, "devices": []}
        return self.by_the_shops("auditor.grant", body)

    async def auditor_enrol(self):
        device = Device.create(ledger=self.stage.town.ledger, actor="AAAAAAAAAAAA")
        proof = device.prove_enrolment("ab" * 16)
        body = {"actor": device.actor, "jwk": shapes.write(device.jwk), "kept": "file"}
        return self.by_the_shops("auditor.enrol", body | {"invitation": "ab" * 16, "proof": proof})

    async def key_revoke_jointly(self):
        body = {"device": "A" * 43, "actor": "AAAAAAAAAAAA"}
        return self.by_the_shops("key.revoke_jointly", body)

    def by_the_shops(self, type_name, body):
        registrar = self.stage.person("registrar-shops")
        return "registrar-shops", registrar.device.sign(type_name, body)


RECALLS = ("recall.declare", "recall.widen", "recall.lift", "recall.close")
MAY_APPROVE = {
    "consignment.register": {"registrar-shops"},  # the farm is of the other organisation
    **{key: {"food-safety"} for key in RECALLS},
    "lot.open": {"inspector", "centre-desk"},
    "lot.settle": {"farm-a"},
    "mandate.register": {"registrar-shops", "registrar-town"},
    **{
        key: {"registrar-coop", "registrar-shops"}
        for key in ("constitution.amend", "rules.activate")
    },
    **{
        key: {"registrar-coop", "registrar-town"}
        for key in ("auditor.register", "auditor.grant", "auditor.enrol", "key.revoke_jointly")
    },
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(tmp_path_factory):
    async with stage_in(tmp_path_factory.mktemp("waiting")) as stage:
        for name, person in stage.town.registrars.items():
            stage.town.people[f"registrar-{name}"] = person
        yield Office(stage)


async def waiting(office, handle: str, language: str = "en") -> list[dict]:
    answer = await office.stage.get("/api/me/waiting", handle, **{"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer.json()["waiting"]


def test_every_type_of_two_signers_is_told_in_words():
    assert set(WORDS) == {*MAY_APPROVE, CONFIRM, ACCEPT}
    assert set(MAY_APPROVE) == set(TWO_SIGNERS)


@ON_STAGE
@pytest.mark.parametrize("kind", TWO_SIGNERS)
async def test_it_is_told_to_those_who_may_sign_and_to_nobody_else(office, kind):
    proposer, wire = await office.proposal(kind)
    tried = await office.stage.client.post(
        "/api/dry-runs",
        json={"commands": [command_json(wire)]},
        headers=await office.stage.reader(proposer) | ENGLISH,
    )
    sent = (await office.stage.send(wire, **ENGLISH)).json()["commands"][0]
    assert "second signature of" in sent["awaits"]["text"]
    assert tried.json()["commands"][0]["awaits"] == sent["awaits"]
    command = command_id(wire)
    await office.stage.gateway.follower.wait_for_height(sent["block"] + 1, timeout_s=10)
    seen = {one for one in READERS if command in {x["id"] for x in await waiting(office, one)}}
    assert seen == MAY_APPROVE[kind]
    read = (await office.stage.get(f"/api/commands/{command}", min(seen), **ENGLISH)).json()
    assert read["awaits"] == sent["awaits"]
    assert "awaits" not in (await office.stage.get(f"/api/commands/{command}")).json()
    for reader in seen:
        for language in ("ja", "en"):
            (one,) = (x for x in await waiting(office, reader, language) if x["id"] == command)
            assert "{" not in one["text"] + one["follows"]
            assert one["type"] == kind
            assert one["organisation"] == office.stage.person(proposer).organisation


@ON_STAGE
async def test_the_words_say_what_who_and_when_in_the_readers_language(office):
    _, wire = await office.lot_open()
    await office.stage.done(wire)
    one = (await waiting(office, "inspector"))[0]
    assert one["text"] == "Witness stock from before this ledger: 40 kg of Rice at Farm A"
    assert one["party_name"] == "Farm A"
    ja = (await waiting(office, "inspector", "ja"))[0]
    assert ja["text"] == "台帳より前の在庫の立会い：農園Aのお米 40 kg"
    assert "（" in ja["proposed_on"]
    assert ja["proposed_on"].endswith("分")


@ON_STAGE
@pytest.mark.parametrize("how", ["approved", "withdrawn", "expired"])
async def test_what_is_done_with_waits_no_more(office, how):
    if how == "expired":
        device = office.stage.person("quality-desk").device
        now = int(time.time())
        body = office.trade.declaration("quality-desk", "2" * 20, crops=["carrot"])
        wires = [device.sign("recall.declare", body, at=now - 60, expires=now + 4)]
    elif how == "approved":
        wires = office.trade.open_stock("farm-a", 30_000)[1]
    else:
        wires = [(await office.lot_open())[1]]
    await office.stage.done(wires[0])
    reader = "food-safety" if how == "expired" else "inspector"
    command = command_id(wires[0])
    assert command in {one["id"] for one in await waiting(office, reader)}
    if how == "approved":
        await office.stage.done(wires[1])
    elif how == "withdrawn":
        body = {"proposal": command}
        await office.stage.done(
            office.stage.person("farm-a").device.sign("proposal.withdraw", body)
        )
    else:
        await asyncio.sleep(max(0, now + 4.1 - time.time()))
    assert command not in {one["id"] for one in await waiting(office, reader)}
    read = (await office.stage.get(f"/api/commands/{command}", reader)).json()
    assert how == "expired" or "awaits" not in read


@ON_STAGE
async def test_a_claim_waits_for_its_producer_alone_until_it_is_answered(office):
    stage, trade = office.stage, office.trade
    lot = str(trade.named("farm-c", "lot")["lot"])
    shop = trade.party("shop-b")

    async def seen():
        return {
            handle: found
            for handle in (*READERS, "farm-c")
            if (found := [one for one in await waiting(office, handle) if one["claim"]])
        }

    first = trade.claim("shop-b", lot, "farm-c", 3_000)
    await stage.done(first)
    found = await seen()
    assert set(found) == {"farm-c"}
    (one,) = found["farm-c"]
    assert one["claim"] == {"lot": lot, "holder": shop, "claimed_g": 3_000}
    assert (one["id"], one["type"], one["expires"]) == (command_id(first), ACCEPT, None)
    assert one["text"] == f"Shop B says that 3 kg of your Carrot came there: lot {lot}"
    (ja,) = await waiting(office, "farm-c", "ja")
    assert ja["text"] == f"直売所Bの申し出：あなたのにんじん 3 kgが届いた（ロット{lot}）"
    closed = {"producer": trade.party("farm-c"), "claimed_g": 2_000}
    corrected = trade.act("shop-b", "lot.correct_claim", {"lot": lot, "reason": "typing"}, closed)
    await stage.done(corrected)
    (one,) = (await seen())["farm-c"]
    assert (one["id"], one["claim"]["claimed_g"]) == (command_id(corrected), 2_000)
    answer = {"holder": shop, "claimed_g": 2_000, "accepted_g": 500}
    await stage.done(trade.act("farm-c", ACCEPT, {"lot": lot}, answer))
    assert await seen() == {}


@ON_STAGE
async def test_nobody_without_a_session_is_told(office):
    answer = await office.stage.get("/api/me/waiting")
    assert (answer.status_code, answer.json()["code"]) == (401, "SESSION_REQUIRED")


@ON_STAGE
@pytest.mark.parametrize("kind", TWO_SIGNERS)
async def test_who_may_sign_is_named_with_organisations(office, kind):
    founding = await office.stage.gateway.projection.database.read(find_founding)
    constitution = founding[1]
    for language in ("ja", "en"):
        told = awaits(EVER[kind], founding, "coop", language)
        if EVER[kind].independent == "organisation":
            assert "coop" not in told["organisations"]
        if kind != "lot.settle":
            named = [
                one.title for one in constitution.organisations if one.id in told["organisations"]
            ]
            assert all(title in told["text"] for title in named)
            assert named


@ON_STAGE
async def test_a_suspended_organisation_is_not_waited_for(office):
    head, constitution = await office.stage.gateway.projection.database.read(find_founding)
    suspended = tuple(
        replace(one, suspended_until="2099-12-31") if one.id == "town" else one
        for one in head.organisations
    )
    for kind, others in (("rules.activate", ["shops"]), ("lot.settle", ["coop", "shops", "town"])):
        founding = replace(head, organisations=suspended), constitution
        told = awaits(EVER[kind], founding, "coop", "en")["organisations"]
        assert set(told) <= set(others)
        assert "town" not in told or kind == "lot.settle"


@ON_STAGE
async def test_a_recall_says_how_many_lots_of_what_and_of_whom(office):
    town, trade = office.stage.town, office.trade
    lots = []
    for farm, crop in (("farm-a", "carrot"), ("farm-b", "rice"), ("farm-a", "carrot")):
        lot, wire = town.harvest(farm, 40_000, crop=crop)
        await office.stage.done(wire)
        lots.append(lot)
    lots.append("7" * 20)
    for count in (1, 2, 4):
        declared = trade.declaration("quality-desk", lots[0], crops=["carrot"])
        body = {**declared, "roots": sorted(lots[:count])}
        wire = office.stage.person("quality-desk").device.sign("recall.declare", body)
        await office.stage.done(wire)
        (one,) = (x for x in await waiting(office, "food-safety") if x["id"] == command_id(wire))
        (ja,) = (
            x for x in await waiting(office, "food-safety", "ja") if x["id"] == command_id(wire)
        )
        assert f"of {count} lot{'s' if count > 1 else ''}: " in one["text"]
        assert f"の{count}ロット（" in ja["text"]
        assert "Carrot of Farm A" in one["text"]
        assert "にんじん（農園A）" in ja["text"]
        assert ("Rice of Farm B" in one["text"]) == (count > 1)
        assert ("goods not on record" in one["text"]) == ("記録のない品" in ja["text"])
        assert ("goods not on record" in one["text"]) == (count > 3)
        assert sum(lot in one["text"] for lot in lots) == min(count, 3)
        assert ("and 1 more" in one["text"]) == ("ほか1ロット" in ja["text"]) == (count > 3)


@ON_STAGE
async def test_a_recall_in_an_emergency_waits_for_another_officer_alone(office):
    lot, harvest = office.stage.town.harvest("farm-a", 1_000)
    recall, wire = office.trade.recall(lot)
    await office.stage.done(harvest, wire)
    seen = {
        handle: [one for one in await waiting(office, handle) if one["recall"] == recall]
        for handle in READERS
    }
    assert {handle for handle, found in seen.items() if found} == {"food-safety"}
    (one,) = seen["food-safety"]
    assert (one["type"], one["id"], one["expires"]) == ("recall.confirm", command_id(wire), None)
    body = {"recall": one["recall"], "entry": one["id"]}
    await office.stage.done(office.stage.person("food-safety").device.sign(CONFIRM, body))
    left = await waiting(office, "food-safety")
    assert recall not in {each["recall"] for each in left}


@ON_STAGE
async def test_a_recall_of_ones_own_goods_waits_for_an_officer_and_ones_own_people(office):
    lot, harvest = office.stage.town.harvest("farm-a", 1_000)
    recall, wire = office.trade.recall(lot, by="farm-a", verb="own")
    await office.stage.done(harvest, wire)
    fit = {
        handle
        for handle in READERS
        if recall in {one["recall"] for one in await waiting(office, handle)}
    }
    assert fit == {"food-safety", "quality-desk"}  # the farm has one person
