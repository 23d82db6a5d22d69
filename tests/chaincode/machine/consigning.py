"""Rules of arrivals, claims, denials and taking back."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.chaincode.books.entries import HoldingRow, Key, LotRow
from tests.chaincode.machine.base import (
    LOTS_MAX,
    Base,
    amount,
    farmers,
    people,
    picks,
    rarely,
    shares,
)


def has_consigned(machine: Base) -> bool:
    """Whether anyone holds anything of another's."""
    return any(holder != owner for _, holder, owner in machine.books.holdings)


class Consigning(Base):
    """Goods at one party that are another's."""

    @precondition(lambda self: len(self.books.lots) < LOTS_MAX)
    @rule(
        by=people,
        of=farmers,
        named=farmers,
        is_mistaken=rarely,
        quantity_g=st.sampled_from([1, 40, 2_000]),
    )
    def claim(self, by, of, named, is_mistaken, quantity_g):
        """Take in goods of a lot not on the ledger yet, at times misnamed or as apples."""
        crop = "apple" if is_mistaken else "carrot"
        name = self.world.name(of)
        self.names[name["id"]] = (of, name)
        self.arrive(by, name["id"], self.world.party(named), crop, quantity_g)

    @rule(pick=picks, by=people, is_misnamed=rarely, is_mistaken=rarely, share=shares)
    def arrive_of_a_lot(self, pick, by, is_misnamed, is_mistaken, share):
        lot = self.lot(pick)
        row = self.books.lots[lot]
        producer = self.world.party("neighbour") if is_misnamed else row.party
        counted_g = max(1, amount(share, self.held_g((lot, row.party, row.party))))
        self.arrive(by, lot, producer, "apple" if is_mistaken else row.crop, counted_g)

    def arrive(self, by: str, lot: str, producer: str, crop: str, counted_g: int) -> None:
        body = {"lot": lot, "party": self.world.party(by)}
        closed = {"producer": producer, "crop": crop, "counted_g": counted_g}
        self.give(by, "lot.arrive", body, closed)
        act = self.books.arrive
        self.expect(self.books.answer(act, lot, body["party"], producer, crop, counted_g))

    def consigned(
        self, pick: int, *, stray: bool, fit: Callable[[LotRow, HoldingRow], object] | None = None
    ) -> tuple[str, Key]:
        """Return someone and goods of another that they hold, those first that fit, if any."""
        rows, lots = self.books.holdings, self.books.lots
        others = [one for one in sorted(rows) if one[1] != one[2]]
        if not others or stray:
            return self.holding(pick, stray=stray)
        fitting = [one for one in others if fit and fit(lots[one[0]], rows[one])]
        keys = fitting or others
        key = keys[pick % len(keys)]
        return self.person(key[1], pick, stray=False), key

    @precondition(has_consigned)
    @rule(pick=picks, stray=rarely, was_share=shares, share=shares)
    def correct_arrival(self, pick, stray, was_share, share):
        by, (lot, party, owner) = self.consigned(pick, stray=stray)
        was_g = max(1, amount(was_share, self.arrived_g((lot, party, owner))))
        counted_g = amount(share, was_g)
        body = {"lot": lot, "party": party, "reason": "typing"}
        closed = {"producer": owner, "was_g": was_g, "counted_g": counted_g}
        self.give(by, "lot.correct_arrival", body, closed)
        act = self.books.correct_arrival
        self.expect(self.books.answer(act, lot, party, owner, was_g, counted_g))

    @precondition(has_consigned)
    @rule(pick=picks, stray=rarely, share=shares)
    def take_back(self, pick, stray, share):
        by, (lot, party, owner) = self.consigned(
            pick, stray=stray, fit=lambda row, holding: holding.free and row.origin != "claim"
        )
        quantity_g = max(1, amount(share, self.held_g((lot, party, owner))))
        body = {"lot": lot, "party": party}
        self.give(by, "lot.take_back", body, {"owner": owner, "quantity_g": quantity_g})
        act = self.books.take_back
        self.expect(self.books.answer(act, lot, party, owner, quantity_g))

    @precondition(has_consigned)
    @rule(
        pick=picks,
        stray=rarely,
        by_owner=st.booleans(),
        share=st.none() | shares,
        surplus=st.sampled_from([None, None, True, False]),
    )
    def deny(self, pick, stray, by_owner, share, surplus):
        """Deny so much of a claim, or a surplus alone; whereupon the holder sells all of it."""
        if share is None and surplus is None:
            share = 100
        _, (lot, holder, owner) = self.consigned(
            pick, stray=False, fit=lambda row, holding: holding.held or row.claimed
        )
        row = self.books.lots[lot]
        by = self.person(owner if by_owner else row.party, pick, stray=stray)
        arrived_g = self.arrived_g((lot, holder, owner))
        denied_g = None if share is None else amount(share, arrived_g)
        body = {"lot": lot, "party": self.world.party(by)}
        closed = {"holder": holder, "owner": owner}
        stated = {} if surplus is None else {"surplus": surplus}
        arrivals = {} if denied_g is None else {"denied_g": denied_g}
        self.give(by, "lot.deny_claim", body, closed | arrivals | stated)
        named = (lot, body["party"], holder, owner, denied_g)
        self.expect(self.books.answer(self.books.deny, *named, **stated))
        key = (lot, holder, owner)
        self.sell(key, pick, max(1, amount(100, self.held_g(key))))
