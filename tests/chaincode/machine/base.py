"""Who acts, on what, how much; and what must hold after every step."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar
from unittest import mock

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from chaincode.base.overlay import decode_state
from chaincode.lots import making
from chaincode.lots.records import NO_DENIAL, Holding, Lot, Shipment
from chaincode.proposals import APPROVE
from chaincode.recalls.records import OpenRecalls
from chaincode.rules import EVER
from tests.chaincode.balance import is_balanced
from tests.chaincode.books import Books
from tests.chaincode.books.entries import Key
from tests.chaincode.pen import timestamp
from tests.chaincode.rejections import is_tested
from tests.chaincode.telling import require_told
from tests.chaincode.world import NOW, World

FLAGS = {"surplus", "claimed", "denied"}  # that tell of grams
PLOTS = {"farmer": "field", "farmhand": "field", "neighbour": "paddy"}
PEOPLE = [*PLOTS, "shopkeeper", "clerk", "grocer", "sorter"]
LOTS_MAX = 5  # harvested or claimed
MADE_MAX = 10  # with those that were made of them
ROOTS_MAX = 3  # so few that lots begin anew within a run
GRAMS_MAX = 1_000_000_000

decoded = lru_cache(maxsize=65_536)(decode_state)
people = st.sampled_from(PEOPLE)
farmers = st.sampled_from(list(PLOTS))
picks = st.integers(0, 999)  # the how-manieth of what there is
rarely = st.sampled_from([False] * 5 + [True])
# How much, in hundredths of what there is; 101 is one gram too much.
shares = st.sampled_from([0, 1, 30, 50, 99, 100, 100, 101, 10**9])


def amount(share: int, whole_g: int) -> int:
    """Return that share of some grams, and never more than a command may name."""
    return min(whole_g + 1 if share == 101 else whole_g * share // 100, GRAMS_MAX)


@dataclass(slots=True, kw_only=True)
class Given:
    """A command signed and not submitted yet; of an approval, `types` also has the approved one."""

    types: tuple[str, ...]
    wire: bytes
    code: str | None = None  # how it must be answered
    flags: frozenset[str] = frozenset()  # of `FLAGS`, that the answer must carry


class Base(RuleBasedStateMachine):
    """The world, the books, and ways to pick from them.

    Attributes:
        accepted: How often a command of each type was, over all runs; of two signers, the second's.
    """

    accepted: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.world = World.standing()
        self.books = Books(roots_max=ROOTS_MAX)
        self.handles = {self.world.party(one): one for one in reversed(PEOPLE)}
        self.names: dict[str, tuple[str, dict]] = {}  # of lots claimed, before their record
        self.waiting: list[Given] = []
        self.together = 1  # so many commands, whosever they are, go in one transaction
        self.patch = mock.patch.object(making, "ROOTS_MAX", ROOTS_MAX)
        self.patch.start()

    def teardown(self) -> None:
        try:
            if self.waiting and self.waiting[-1].code:  # else something failed in between
                self.submit()
                self.every_lot_balances_and_the_ledger_agrees_with_the_books()
                self.what_the_ledger_would_refuse_is_what_comes_or_may_come_of_a_recalled_lot()
        finally:
            self.patch.stop()

    def give(self, by: str, type_name: str, body: dict, closed: dict | None = None) -> None:
        """Sign a command; `expect` says how it must be answered, and may submit it."""
        approved = (body["type"],) if type_name == APPROVE else ()
        wire = self.world.write(by, type_name, body, closed)
        self.waiting.append(Given(types=(type_name, *approved), wire=wire))

    def approve(
        self, first: str, second: str, type_name: str, body: dict, closed: dict | None = None
    ) -> None:
        """Give the second signature to what someone has given last."""
        approval = {
            "proposal": self.last_id(first),
            "proposer": {"device": self.world.kid(first), "actor": self.world.actor(first)},
            "type": type_name,
            "body": body,
        }
        self.give(second, "proposal.approve", approval, closed)

    def sell(self, key: Key, pick: int, quantity_g: int) -> None:
        """Let someone of the holder's sell so much of a holding."""
        by = self.person(key[1], pick, stray=False)
        closed = {"quantity_g": quantity_g, **self.owner(key)}
        self.give(by, "lot.sell", {"lot": key[0], "party": key[1]}, closed)
        self.expect(self.books.answer(self.books.take, "sold", *key, quantity_g))

    def expect(self, code: str) -> bool:
        """Say how the command given last must be answered; return whether it is accepted."""
        self.waiting[-1].code = code
        self.waiting[-1].flags = frozenset(self.books.flags)
        self.books.flags = set()
        if len(self.waiting) >= self.together:
            self.submit()
        return code == "ACCEPTED"

    def submit(self) -> None:
        """Submit what waits, in one transaction, and compare the answers with those expected."""
        given, self.waiting = self.waiting, []
        if not given:
            return
        before = dict(self.world.ledger.state)
        results = self.world.ledger.results(*(one.wire for one in given), time=NOW)
        self.world.resume()
        if len(given) == 1:
            require_told(given[0].types[-1], results[0]["flags"], before, self.world.ledger.state)
        answers = [
            (one.types, result["code"], FLAGS & {*result["flags"]})
            for one, result in zip(given, results, strict=True)
        ]
        assert answers == [(one.types, one.code, one.flags) for one in given]
        for types, code, _ in answers:
            assert is_tested(code, *types), (types, code)
            if code == "ACCEPTED" and (len(types) > 1 or EVER[types[0]].signers == 1):
                self.accepted.update(types)

    def last_id(self, by: str) -> str:
        return self.world.sequence[by][1]

    def person(self, party: str, pick: int, *, stray: bool) -> str:
        """Return someone of a party, or, astray, anyone."""
        theirs = [one for one in PEOPLE if stray or self.world.party(one) == party]
        return theirs[pick % len(theirs)]

    def lot(self, pick: int) -> str:
        lots = list(self.books.lots)
        return lots[pick % len(lots)]

    def holding(self, pick: int, *, stray: bool) -> tuple[str, Key]:
        """Return someone and a holding of theirs; astray, perhaps no holding at all.

        Holdings with something left come first.
        """
        rows = self.books.holdings
        keys = [key for key in sorted(rows) if rows[key].held] or sorted(rows)
        lot, holder, owner = keys[pick % len(keys)]
        by = self.person(holder, pick, stray=stray)
        party = self.world.party(by)
        return by, (lot, party, party if owner == holder else owner)

    def movables(self) -> list[Key]:
        """Return the holdings that may be passed on."""
        return [
            key
            for key, row in sorted(self.books.holdings.items())
            if row.free and not row.on_hold and not self.books.is_stopped(key[0], row)
        ]

    def movable(self, pick: int) -> tuple[str, Key]:
        """Return someone and a holding of theirs that may be passed on, if there is any."""
        keys = self.movables()
        if not keys:
            return self.holding(pick, stray=False)
        key = keys[pick % len(keys)]
        return self.person(key[1], pick, stray=False), key

    def owner(self, key: Key) -> dict:
        """Return the member that names the owner, where it is not the holder."""
        _, holder, owner = key
        return {} if owner == holder else {"owner": owner}

    def held_g(self, key: Key) -> int:
        return self.books.holdings[key].held if key in self.books.holdings else 0

    def arrived_g(self, key: Key) -> int:
        return self.books.holdings[key].arrived if key in self.books.holdings else 0

    def records(self, shape: type, prefix: str) -> dict:
        return {
            key.removeprefix(prefix): decoded(shape, raw)
            for key, raw in self.world.ledger.state.items()
            if key.startswith(prefix)
        }

    @invariant()
    def every_lot_balances_and_the_ledger_agrees_with_the_books(self):
        if self.waiting:
            return
        lots = self.records(Lot, "lot/")
        holdings = self.records(Holding, "holding/")
        shipments = self.records(Shipment, "shipment/")
        for lot_id, lot in lots.items():
            theirs = [one for key, one in holdings.items() if key.startswith(lot_id)]
            on_way = [one for one in shipments.values() if one.lot == lot_id]
            assert is_balanced(lot, theirs, on_way)
        assert {key: lot_row(one) for key, one in lots.items()} == {
            key: one.row() for key, one in self.books.lots.items()
        }
        assert {tuple(key.split("/")): holding_row(one) for key, one in holdings.items()} == {
            key: one.row() for key, one in self.books.holdings.items()
        }
        assert {key: shipment_row(one) for key, one in shipments.items()} == {
            key: one.row() for key, one in self.books.shipments.items()
        }
        assert self.books.unbalanced() == []
        assert self.books.unseen() == []
        assert not any(map(self.books.is_own_ancestor, self.books.lots))

    @invariant()
    def what_the_ledger_would_refuse_is_what_comes_or_may_come_of_a_recalled_lot(self):
        if self.waiting:
            return
        raw = self.world.ledger.state.get("recalls/open")
        open_recalls = OpenRecalls(recalls=()) if raw is None else decoded(OpenRecalls, raw)
        met, recalled = {}, {}
        for key, one in self.records(Holding, "holding/").items():
            lot = key.partition("/")[0]
            hidden = one.hidden_crops or ()
            met[key] = open_recalls.meets(lot, one.roots, timestamp(NOW), hidden_crops=hidden)
            row = self.books.holdings[tuple(key.split("/"))]
            recalled[key] = self.books.is_stopped(lot, row)
            assert not self.books.slips(lot, row)
        assert met == recalled


def lot_row(lot: Lot) -> tuple:
    claims = (lot.claimed_g, lot.denied_g, lot.misnamed_g, lot.other_crop_g)
    grams = (lot.harvest_g, lot.supplement_g, *claims, lot.made_g)
    return lot.party, lot.origin, lot.crop, *grams, frozenset(lot.parents)


def holding_row(one: Holding) -> tuple:
    gone = (one.sold_g, one.discarded_g, one.own_use_g, one.transformed_g, one.lost_g)
    found = (one.surplus_g, one.came_g, one.unproven_g, one.unproven_gone_g)
    denials = [
        (each.arrived_g, each.there_g, each.surplus)
        for each in (one.owner_denial or NO_DENIAL, one.producer_denial or NO_DENIAL)
    ]
    return one.held_g, *gone, *found, one.arrived_g, one.denied_g, denials, one.is_on_hold, one.run


def shipment_row(one: Shipment) -> tuple:
    grams = (one.shipped_g, one.disputed_g, one.lost_g)
    return one.state, *grams, one.owner, one.is_consigned, one.brought_by
