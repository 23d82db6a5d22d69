"""A story's blocks, and an empty database of each kind."""

import asyncio
import itertools
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import select

from chaincode.contract import MinoriContract
from gateway.demo.founding import Founding, found
from gateway.demo.town import Town
from gateway.demo.trading import Trading
from gateway.ledgers.embedded import ORGANISATIONS, EmbeddedLedger
from gateway.ledgers.port import Block
from gateway.projection import Projection
from tests.gateway.stage import command_id
from tests.postgres_fixture import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

NOW_S = 1_790_000_000
_STORY: list["Story"] = []


class Story:
    """A town's beginning and one lot's way, on an embedded ledger; made once per session."""

    def __init__(self) -> None:
        self.town = Town.create()
        self.blocks: list[Block] = []
        self.state: dict[str, bytes] = {}
        self.lot = self.shipment = ""

    def acts(self) -> list[list[bytes]]:
        """Return the commands of each transaction after the founding."""
        town = self.town
        self.lot, harvest = town.harvest("farm-a", 20_000, at=NOW_S)
        self.shipment, ship = town.ship("farm-a", self.lot, "shop-a", 12_000, at=NOW_S)
        receive = town.receive("shop-a", self.lot, self.shipment, 11_500, at=NOW_S)
        split = {
            "sender": town.people["farm-a"].party,
            "recipient": town.people["shop-a"].party,
            "to_sender_g": 300,
            "to_recipient_g": 0,
            "lost_g": 200,
        }
        settling = town.settle(
            "shop-a", "farm-a", lot=self.lot, shipment=self.shipment, split=split, at=NOW_S
        )
        sell = town.take("sell", "shop-a", self.lot, 1_500, at=NOW_S)
        too_much = town.take("sell", "shop-a", self.lot, 99_000, at=NOW_S)  # taken and rejected
        other, harvest_b = town.harvest("farm-b", 5_000, at=NOW_S)
        return [
            *([harvest, ship], [receive], list(settling), [sell, too_much, harvest], [harvest_b]),
            [self.claim(other), self.merge(other), self.bind(other), *self.sort(other)],
            [*self.recall(other)],
        ]

    def claim(self, lot: str) -> bytes:
        """Book some of farm B's lot at a shop that it consigns nothing to."""
        shop, farm = (self.town.people[one] for one in ("shop-b", "farm-b"))
        body = {"lot": lot, "party": shop.party}
        closed = {"producer": farm.party, "crop": "carrot", "counted_g": 1_000}
        return shop.device.sign("lot.claim", body, closed=closed, at=NOW_S)

    def merge(self, lot: str) -> bytes:
        """Turn some of farm B's lot into another."""
        person = self.town.people["farm-b"]
        name = person.device.name_record(person.party)
        body = {
            "party": person.party,
            "id_nonce": name.nonce,
            "parents": [lot],
            "children": [{"lot": name.id, "index": name.index, "crop": "carrot"}],
            "shares": "measured",
        }
        closed = {"inputs": [{"quantity_g": 2_000, "to_g": [2_000]}]}
        return person.device.sign("lot.merge", body, closed=closed, at=NOW_S)

    def sort(self, lot: str) -> list[bytes]:
        """Sort some of it class by class."""
        parts = [(lot, "farm-b", [600, 400])]
        trade = Trading(self.town, at=NOW_S)
        return trade.sort_by_class("farm-b", parts, [("carrot", "l"), ("carrot", "s")])[1]

    def bind(self, lot: str) -> bytes:
        """Stick stickers on packs of it."""
        person = self.town.people["farm-b"]
        name = person.device.name_record(person.party)
        roll = {"roll": name.id, "id_nonce": name.nonce, "index": name.index}
        body = {**roll, "party": person.party, "first": 1, "count": 50, "lot": lot}
        return person.device.sign("label.bind", body, at=NOW_S)

    def recall(self, lot: str) -> list[bytes]:
        """Recall it at once, and clear what came before its record."""
        person = self.town.people["quality-desk"]
        name = person.device.name_record(person.party)
        body = {
            "recall": name.id,
            "id_nonce": name.nonce,
            "index": name.index,
            "party": person.party,
            "kind": "safety",
            "cause": "residue",
            "scope": "lot",
            "roots": [lot],
        }
        recall = person.device.sign("recall.emergency", body, at=NOW_S)
        trade = Trading(self.town, at=NOW_S)
        early = str(trade.named("farm-a", "lot")["lot"])
        arrival = trade.arrive("shop-a", early, "farm-a", 1_000)
        cleared = {"recall": name.id, "entry": command_id(recall), "lots": [early]}
        clear = {**cleared, "reason": "traced"}
        return [recall, arrival, person.device.sign("recall.clear", clear, at=NOW_S)]

    async def run(self, folder: Path) -> None:
        path = folder / "ledger.sqlite"
        ledger = await EmbeddedLedger.open(path, contract=MinoriContract(), clock=lambda: NOW_S)
        admins = {
            msp_id: ledger.as_identity("admin", organisation=msp_id) for msp_id in ORGANISATIONS
        }
        await found(Founding.of(self.town, NOW_S), admins, at=NOW_S)
        for wires in self.acts():
            await ledger.submit(wires)
        height = await ledger.height()
        stream = ledger.blocks(0)
        self.blocks = [await anext(stream) for _ in range(height)]
        await stream.aclose()
        await ledger.close()
        for block in self.blocks:
            for transaction in block.transactions:
                self.state |= transaction.writes


@pytest.fixture
async def story():
    if not _STORY:
        made = Story()
        with TemporaryDirectory() as folder:
            await made.run(Path(folder))
        _STORY.append(made)
    return _STORY[0]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/projection.sqlite"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
async def projection(database_url):
    projection = await Projection.open(database_url)
    yield projection
    await projection.close()


async def rows(projection, table):
    """Return a table's rows in the order of its key."""
    query = select(table).order_by(*table.primary_key.columns)

    def read(connection):
        return [dict(row) for row in connection.execute(query).mappings()]

    return await projection.database.read(read)


class ListLedger:
    """A ledger of given blocks; `add` grows it. `faults` are raised once each, in turn."""

    def __init__(self, blocks=(), faults=()) -> None:
        self._blocks = list(blocks)
        self._faults = list(faults)
        self._grown = asyncio.Event()

    def add(self, *blocks: Block) -> None:
        self._blocks += blocks
        self._grown.set()

    async def height(self) -> int:
        return len(self._blocks)

    async def blocks(self, start: int):
        for number in itertools.count(start):
            if self._faults:
                raise self._faults.pop(0)
            while len(self._blocks) <= number:
                self._grown.clear()
                await self._grown.wait()
            yield self._blocks[number]
