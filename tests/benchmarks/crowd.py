"""A thousand people with a device each, and what they have signed before the clock starts.

Farms and shops go in pairs. In a week a pair signs 20 commands, two of which break a rule:

    farm   harvest and ship, five times; once ship to itself in another's name: NOT_INDEPENDENT
    shop   receive and sell, four times; once sell the rest, and more than there is:
           INSUFFICIENT_QUANTITY

Or, in a week of markets, goods stay the farm's until they are sold:

    farm   harvest, guessed, five times; once a supplement for another's party: NOT_YOUR_PARTY
    shop   count arrivals and sell for the farm, five times; discard, give back, repack;
           once sell more than there is: INSUFFICIENT_QUANTITY

When in the week that is differs from pair to pair, so that there are always some. Commands are sent
in requests of one device each, farm and shop in turn: what a shop counts was shipped before.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from chaincode.base.canonical import Json
from chaincode.base.envelope import FIRST_PREVIOUS
from chaincode.registry.records import Device as DeviceRecord
from gateway.demo.founding import submit_all
from gateway.demo.town import COOP, SHOPS, TOWN, Town
from gateway.ledgers.port import Ledger

WEEK_COMMANDS = 20
EXPECTED_CODES = frozenset(
    {"ACCEPTED", "NOT_INDEPENDENT", "NOT_YOUR_PARTY", "INSUFFICIENT_QUANTITY"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One request: commands of one device, in order."""

    kid: str
    commands: tuple[bytes, ...]


@dataclass(slots=True, kw_only=True)
class Crowd:
    """Everybody, and the orders of each pair that are still to be sent.

    Attributes:
        sent: By device, how many commands of it were answered, and the last one's id.
    """

    town: Town
    pairs: deque[deque[Order]] = field(default_factory=deque)
    sent: dict[str, tuple[int, str]] = field(default_factory=dict)

    @classmethod
    def create(cls, *, devices: int) -> "Crowd":
        """Draw so many people, half of them farms, with fresh keys."""
        half = devices // 2
        return cls(town=Town.create(demo=False, farms=half, shops=half))

    async def enter(self, admins: Mapping[str, Ledger]) -> int:
        """Found the ledger and register everybody; return how many commands that took."""
        town = self.town
        founding = town.founding()
        for msp_id, wire in founding:
            await submit_all(admins[msp_id], [wire])
        ledgers = list(admins.values())
        lanes: dict[str, list[bytes]] = {COOP: [], SHOPS: [], TOWN: []}
        for person in town.people.values():
            lanes[person.organisation] += town.registration(person)
        # One lane per registrar, whose commands are numbered; each through another peer.
        await asyncio.gather(*map(submit_all, ledgers, lanes.values()))
        plots = [*self._plots(), *self._consignments()]
        await submit_all(ledgers[0], plots)
        return len(founding) + sum(map(len, lanes.values())) + len(plots)

    def _consignments(self) -> list[bytes]:
        """Let each farm's goods come to the shop of its pair."""
        pairs = zip(self._traders("farm"), self._traders("shop"), strict=True)
        wires = [self.town.consign(farm, shop) for farm, shop in pairs]
        for farm in self._traders("farm"):
            device = self.town.people[farm].device
            self.sent[device.kid] = (device.seq - 1, device.prev)
        return wires

    def _plots(self) -> list[bytes]:
        town = self.town
        officer = town.people["land-office"].device
        return [
            officer.sign(
                "plot.register",
                {"plot": plot, "party": town.people[handle].party, "district": "45383-A"},
            )
            for handle, plot in town.plots.items()
        ]

    def sign(self, *, weeks: int, request_commands: int, is_market: bool = False) -> int:
        """Sign so many weeks of every pair, in requests of so many commands; return the count."""
        week = self._market_week if is_market else self._week
        pairs = zip(self._traders("farm"), self._traders("shop"), strict=True)
        for number, (farm, shop) in enumerate(pairs):
            orders: deque[Order] = deque()
            for _ in range(weeks):
                grown, sold = week(farm, shop, number)
                farm_orders = list(self._orders(farm, grown, request_commands))
                shop_orders = list(self._orders(shop, sold, request_commands))
                # The shop is one step behind: what it counts was shipped before.
                orders.append(farm_orders.pop(0))
                for mine, theirs in zip_longest(farm_orders, shop_orders):
                    orders += [order for order in (mine, theirs) if order is not None]
            self.pairs.append(orders)
        return weeks * WEEK_COMMANDS * len(self.pairs)

    def _week(self, farm: str, shop: str, number: int) -> tuple[list[bytes], list[bytes]]:
        """Sign a week of both; `number` says when in it they break a rule."""
        town = self.town
        grown: list[bytes] = []
        sold: list[bytes] = []
        for step in range(5):
            lot, harvest = town.harvest(farm, 12_000)
            if step == number % 5:
                grown += [harvest, self._foreign_shipment(farm, shop, lot)]
                continue
            shipment, ship = town.ship(farm, lot, shop, 10_000)
            grown += [harvest, ship]
            sold += [
                town.receive(shop, lot, shipment, 10_000),
                town.take("sell", shop, lot, 6_000),
            ]
            if len(sold) == 2 * (1 + number % 4):
                sold += [town.take("sell", shop, lot, grams) for grams in (4_000, 1)]
        return grown, sold

    def _market_week(self, farm: str, shop: str, number: int) -> tuple[list[bytes], list[bytes]]:
        """Sign a week of markets of both."""
        town = self.town
        grower, keeper = town.people[farm], town.people[shop]
        owner: dict[str, Json] = {"owner": grower.party}
        grown: list[bytes] = []
        sold: list[bytes] = []
        for step in range(5):
            lot, harvest = town.harvest(farm, 12_000)
            grown.append(harvest)
            if step == number % 5:
                body: dict[str, Json] = {"lot": lot, "party": keeper.party, "reason": "found"}
                more: dict[str, Json] = {"quantity_g": 1_000, "estimated": True}
                grown.append(grower.device.sign("lot.supplement", body, closed=more))
            held: dict[str, Json] = {"lot": lot, "party": keeper.party}
            arrival: dict[str, Json] = {
                "producer": grower.party,
                "crop": "carrot",
                "counted_g": 10_000,
            }
            sold += [
                keeper.device.sign("lot.arrive", held, closed=arrival),
                keeper.device.sign("lot.sell", held, closed={"quantity_g": 6_000, **owner}),
            ]
            if step == number % 4:
                sold += self._evening(farm, shop, lot)
        return grown, sold

    def _evening(self, farm: str, shop: str, lot: str) -> list[bytes]:
        """Sign what becomes of 4 kg that were not sold: two commands more than there is for."""
        keeper = self.town.people[shop]
        owner: dict[str, Json] = {"owner": self.town.people[farm].party}
        held: dict[str, Json] = {"lot": lot, "party": keeper.party}
        child = keeper.device.name_record(keeper.party)
        run: dict[str, Json] = {
            "party": keeper.party,
            "id_nonce": child.nonce,
            "parents": [lot],
            "children": [{"lot": child.id, "index": 0, "crop": "carrot"}],
            "shares": "measured",
        }
        inputs: list[Json] = [{"quantity_g": 2_000, "to_g": [1_900], **owner}]
        discard: dict[str, Json] = {**held, "reason": "spoiled"}
        sign = keeper.device.sign
        return [
            sign("lot.discard", discard, closed={"quantity_g": 500, **owner}),
            sign("lot.repack", run, closed={"inputs": inputs}),
            sign("lot.take_back", held, closed={"quantity_g": 1_500, **owner}),
            sign("lot.sell", held, closed={"quantity_g": 1, **owner}),
        ]

    def _foreign_shipment(self, farm: str, shop: str, lot: str) -> bytes:
        device, theirs = self.town.people[farm].device, self.town.people[shop].party
        name = device.name_record(theirs)
        body: dict[str, Json] = {
            "shipment": name.id,
            "id_nonce": name.nonce,
            "index": name.index,
            "lot": lot,
            "party": theirs,
        }
        closed: dict[str, Json] = {
            "recipient": self.town.people[farm].party,
            "quantity_g": 1_000,
        }
        return device.sign("lot.ship", body, closed=closed)

    def _orders(self, handle: str, commands: Sequence[bytes], size: int) -> Iterator[Order]:
        kid = self.town.people[handle].device.kid
        for start in range(0, len(commands), size):
            yield Order(kid=kid, commands=tuple(commands[start : start + size]))

    def drop_unsent(self) -> None:
        """Throw away what was signed and not sent: devices go on from what they sent last."""
        self.pairs.clear()
        for handle in self._traders("farm") + self._traders("shop"):
            device = self.town.people[handle].device
            count, last = self.sent.get(device.kid, (0, FIRST_PREVIOUS))
            device.seq, device.prev = count + 1, last

    def _traders(self, kind: str) -> list[str]:
        return [handle for handle in self.town.people if handle.startswith(f"{kind}-")]

    def note(self, order: Order, *, last: str) -> None:
        """Remember that the order was answered, and its last command's id, for `missing_on`."""
        count, _ = self.sent.get(order.kid, (0, ""))
        self.sent[order.kid] = (count + len(order.commands), last)

    async def missing_on(self, ledger: Ledger) -> list[str]:
        """Read every device's record from the ledger's own peer; return those that are behind."""
        kids = list(self.sent)
        state: dict[str, Json] = {}
        for start in range(0, len(kids), 500):
            state |= await ledger.query(
                [DeviceRecord.key(kid) for kid in kids[start : start + 500]]
            )
        behind = []
        for kid, (count, last) in self.sent.items():
            record = state[DeviceRecord.key(kid)]
            assert isinstance(record, dict)
            if (record["next"], record["prev"]) != (count + 1, last):
                behind.append(kid)
        return behind
