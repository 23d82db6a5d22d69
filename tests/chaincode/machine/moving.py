"""Rules of harvest, hand-over, outflow and stock."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.chaincode.books.shipping import ShipmentRow
from tests.chaincode.machine.base import (
    GRAMS_MAX,
    LOTS_MAX,
    PEOPLE,
    PLOTS,
    Base,
    amount,
    farmers,
    people,
    picks,
    rarely,
    shares,
)
from tests.chaincode.pen import pseudonym, timestamp
from tests.chaincode.world import NOW

percents = st.integers(0, 100)
found = st.sampled_from([0, 0, 1, 20, 500])
quantities = st.sampled_from([1, 2, 7, 1_000, GRAMS_MAX])
OUTFLOWS = {"sell": "sold", "discard": "discarded", "own_use": "own_use"}


class Moving(Base):
    """What there was before consignment, now with owners."""

    def __init__(self) -> None:
        super().__init__()
        self.proposals: list[tuple[str, str, dict, dict]] = []

    @initialize(by=farmers, together=st.sampled_from([1, 1, 5]))
    def begin(self, by, together):
        self.harvest(by, 1_000, 1, is_new=True)
        self.together = together

    @precondition(lambda self: self.has_room() or self.claimed())
    @rule(by=farmers, quantity_g=quantities, pick=picks, is_new=st.booleans())
    def harvest_anew(self, by, quantity_g, pick, is_new):
        self.harvest(by, quantity_g, pick, is_new=is_new and self.has_room())

    @precondition(lambda self: self.has_room() or self.claimed())
    @rule(by=farmers, quantity_g=quantities, pick=picks, is_new=st.booleans())
    def open_old_stock(self, by, quantity_g, pick, is_new):
        self.open_stock(by, quantity_g, pick, is_new=is_new and self.has_room())

    def has_room(self):
        return len(self.books.lots) < LOTS_MAX

    def claimed(self):
        """Return the lots that have been claimed, and their producers have not recorded."""
        return {lot for lot, row in self.books.lots.items() if row.origin == "claim"}

    def harvest(self, by, quantity_g, pick, *, is_new):
        name = self.name(by, pick, is_new=is_new)
        self.names[name["id"]] = (by, name)
        body = {
            "lot": name["id"],
            "party": self.world.party(by),
            "id_nonce": name["id_nonce"],
            "index": name["index"],
            "plot": pseudonym(f"plot {PLOTS[by]}"),
            "crop": "carrot",
        }
        self.give(by, "lot.harvest", body, {"quantity_g": quantity_g, "estimated": True})
        self.expect(
            self.books.answer(
                self.books.begin, name["id"], self.world.party(by), "harvest", quantity_g
            )
        )

    def name(self, by, pick, *, is_new):
        """Return a new name, or one under which something was claimed, else one that is taken."""
        theirs = [name for who, name in self.names.values() if self.is_of(who, by)]
        names = [name for name in theirs if name["id"] in self.claimed()] or theirs
        return self.world.name(by) if is_new or not names else names[pick % len(names)]

    def is_of(self, one: str, other: str) -> bool:
        return self.world.party(one) == self.world.party(other)

    def open_stock(self, by, quantity_g, pick, *, is_new):
        name = self.name(by, pick, is_new=is_new)
        body = {
            "lot": name["id"],
            "party": self.world.party(by),
            "id_nonce": name["id_nonce"],
            "index": name["index"],
            "crop": "carrot",
            "harvested_at": timestamp(NOW),
            "document": "ab" * 32,
        }
        closed = {"salt": self.world.nonce(), "quantity_g": quantity_g, "estimated": False}
        self.give(by, "lot.open", body, closed)
        self.expect("ACCEPTED")
        self.approve(by, "inspector", "lot.open", body, closed)
        self.expect(
            self.books.answer(
                self.books.begin, name["id"], self.world.party(by), "opening", quantity_g
            )
        )

    @rule(pick=picks, stray=rarely, share=shares, is_stale=rarely, is_other_crop=rarely)
    def correct_harvest(self, pick, stray, share, is_stale, is_other_crop):
        self.submit()  # the ledger is asked which entry is in force
        lot = self.lot(pick)
        row = self.books.lots[lot]
        by = self.person(row.party, pick, stray=stray)
        party, quantity_g = self.world.party(by), amount(share, row.harvest)
        body = {
            "lot": lot,
            "party": party,
            "corrects": "ab" * 32 if is_stale else self.world.ledger.record(f"lot/{lot}")["entry"],
            "reason": "weighing",
            "plot": pseudonym(f"plot {PLOTS.get(by, 'field')}"),
            "crop": {"carrot": "apple"}.get(row.crop, "carrot") if is_other_crop else row.crop,
            "harvested_at": timestamp(NOW),
        }
        added_g = {} if pick % 2 else {"supplement_g": amount(share, row.supplement)}
        closed = {"quantity_g": quantity_g, "estimated": True, **added_g}
        self.give(by, "lot.correct_harvest", body, closed)
        if by not in PLOTS:
            self.expect("ROLE_MISSING")
            return
        act = self.books.correct_harvest
        named = (lot, party, quantity_g)
        changed = {"crop": body["crop"], "is_stale": is_stale, **added_g}
        self.expect(self.books.answer(act, *named, **changed))

    @rule(pick=picks, stray=rarely, quantity_g=st.sampled_from([1, 300, 1_000]))
    def supplement(self, pick, stray, quantity_g):
        lot = self.lot(pick)
        by = self.person(self.books.lots[lot].party, pick, stray=stray)
        party = self.world.party(by)
        body = {"lot": lot, "party": party, "reason": "found"}
        closed = {"quantity_g": quantity_g, "estimated": False}
        self.give(by, "lot.supplement", body, closed)
        if by not in PLOTS:
            self.expect("ROLE_MISSING")
            return
        self.expect(self.books.answer(self.books.supplement, lot, party, quantity_g))

    @rule(
        pick=picks,
        stray=rarely,
        to=people,
        share=shares,
        consigned=st.booleans(),
        received=st.none() | shares,
    )
    def ship_and_receive(self, pick, stray, to, share, consigned, received):
        """Ship, and mostly receive at once: else little would ever lie anywhere else."""
        by, key = self.holding(pick, stray=stray)
        shipment = self.ship(by, key, to, share, consigned=consigned)
        if received is not None and shipment in self.books.shipments:
            self.count_shipment(shipment, pick, received, stray=False, is_misnamed=False)

    @rule(pick=picks, to=people, consigned=st.booleans(), is_recipient=st.booleans())
    def ship_and_return(self, pick, to, consigned, is_recipient):
        shipment = self.ship_some(pick, to, consigned=consigned)
        if shipment in self.books.shipments:
            self.send_back_shipment(shipment, pick, stray=False, is_recipient=is_recipient)

    @rule(pick=picks, to=people, consigned=st.booleans(), received=shares, corrected=shares)
    def ship_and_count_twice(self, pick, to, consigned, received, corrected):
        shipment = self.ship_some(pick, to, consigned=consigned)
        if shipment in self.books.shipments:
            self.count_shipment(shipment, pick, received, stray=False, is_misnamed=False)
            self.recount(shipment, pick, corrected, stray=False, is_stale=False)

    @rule(pick=picks, to=people, consigned=st.booleans(), low=percents, high=percents)
    def ship_and_settle(self, pick, to, consigned, low, high):
        shipment = self.ship_some(pick, to, consigned=consigned)
        if shipment in self.books.shipments:
            self.count_shipment(shipment, pick, 30, stray=False, is_misnamed=False)
            self.propose_settlement(shipment, pick, low, high, stray=False)
            self.approve_settlement(len(self.proposals) - 1, stray=False)

    def ship_some(self, pick, to, *, consigned):
        """Ship what may be shipped, if anything, to anyone else."""
        by, key = self.movable(pick)
        if self.is_of(by, to):
            to = next(one for one in PEOPLE if not self.is_of(by, one))
        return self.ship(by, key, to, 50, consigned=consigned)

    def ship(self, by, key, to, share, *, consigned):
        name, recipient = self.world.name(by), self.world.party(to)
        quantity_g = max(1, amount(share, self.held_g(key)))
        lot, party, owner = key
        body = {
            "shipment": name["id"],
            "id_nonce": name["id_nonce"],
            "index": name["index"],
            "lot": lot,
            "party": party,
        }
        closed = {"recipient": recipient, "quantity_g": quantity_g, **self.owner(key)}
        self.give(by, "lot.ship", body, closed | {"consigned": consigned})
        row = ShipmentRow(
            lot=lot,
            sender=party,
            recipient=recipient,
            owner=owner,
            consigned=consigned,
            shipped=quantity_g,
        )
        self.expect(self.books.answer(self.books.ship, name["id"], row))
        return name["id"]

    def shipment(self, pick: int, *states: str) -> tuple[str, ShipmentRow]:
        """Return (id, row), one in such a state rather than another."""
        rows = self.books.shipments
        ids = [one for one in rows if rows[one].state in states] or list(rows)
        return ids[pick % len(ids)], rows[ids[pick % len(ids)]]

    @precondition(lambda self: self.books.shipments)
    @rule(pick=picks, stray=rarely, share=shares, is_misnamed=rarely)
    def receive(self, pick, stray, share, is_misnamed):
        shipment, _ = self.shipment(pick, "in_transit")
        self.count_shipment(shipment, pick, share, stray=stray, is_misnamed=is_misnamed)

    def count_shipment(self, shipment, pick, share, *, stray, is_misnamed):
        row = self.books.shipments[shipment]
        by = self.person(row.recipient, pick, stray=stray)
        party, received_g = self.world.party(by), amount(share, row.shipped)
        owner = row.sender if is_misnamed else row.new_owner
        body = {"shipment": shipment, "lot": row.lot, "party": party}
        closed = {"received_g": received_g, "owner": owner}
        self.give(by, "lot.receive", body, closed)
        act, entry = self.books.receive, self.last_id(by)
        self.expect(self.books.answer(act, shipment, party, owner, received_g, entry))

    @precondition(lambda self: self.books.shipments)
    @rule(pick=picks, stray=rarely, share=shares, is_stale=rarely)
    def correct_receipt(self, pick, stray, share, is_stale):
        shipment, _ = self.shipment(pick, "received", "disputed")
        self.recount(shipment, pick, share, stray=stray, is_stale=is_stale)

    def recount(self, shipment, pick, share, *, stray, is_stale):
        row = self.books.shipments[shipment]
        by = self.person(row.recipient, pick, stray=stray)
        party, received_g = self.world.party(by), amount(share, row.shipped)
        body = {
            "shipment": shipment,
            "lot": row.lot,
            "party": party,
            "corrects": "cd" * 32 if is_stale else row.entry,
            "reason": "typing",
        }
        closed = {"received_g": received_g, "owner": row.new_owner}
        self.give(by, "lot.correct_receipt", body, closed)
        named = (shipment, party, row.new_owner, received_g, self.last_id(by))
        act = self.books.correct_receipt
        self.expect(self.books.answer(act, *named, is_stale=is_stale))

    @rule(pick=picks, to=people, share=shares)
    def buy_and_send_home(self, pick, to, share):
        shipment = self.ship_some(pick, to, consigned=False)
        if shipment in self.books.shipments:
            self.count_shipment(shipment, pick, 100, stray=False, is_misnamed=False)
            self.send_home(pick, stray=False, share=share, to=to, is_elsewhere=False)

    @precondition(lambda self: self.books.shipments)
    @rule(pick=picks, stray=rarely, share=shares, to=people, is_elsewhere=rarely)
    def send_home(self, pick, stray, share, to, is_elsewhere):
        """Send bought goods back, mostly to whom they came from."""
        rows = self.books.shipments
        bought = [one for one in rows if self.is_bought(rows[one])]
        ids = bought if bought and not stray else list(rows)
        came = rows[ids[pick % len(ids)]]
        by = self.person(came.recipient, pick, stray=stray)
        party, name = self.world.party(by), self.world.name(by)
        recipient = self.world.party(to) if is_elsewhere else came.sender
        key = (came.lot, party, party)
        quantity_g = max(1, amount(share, self.held_g(key)))
        body = {
            "shipment": name["id"],
            "id_nonce": name["id_nonce"],
            "index": name["index"],
            "lot": came.lot,
            "party": party,
            "brought_by": ids[pick % len(ids)],
        }
        self.give(by, "lot.send_back", body, {"recipient": recipient, "quantity_g": quantity_g})
        row = ShipmentRow(
            lot=came.lot,
            sender=party,
            recipient=recipient,
            owner=party,
            consigned=False,
            shipped=quantity_g,
            brought_by=ids[pick % len(ids)],
        )
        self.expect(self.books.answer(self.books.send_home, name["id"], row))

    def is_bought(self, row: ShipmentRow) -> bool:
        is_here = row.state in {"received", "disputed", "settled"}
        return is_here and not row.consigned and row.brought_by is None

    @precondition(lambda self: self.books.shipments)
    @rule(pick=picks, stray=rarely, is_recipient=st.booleans())
    def send_back(self, pick, stray, is_recipient):
        shipment, _ = self.shipment(pick, "in_transit")
        self.send_back_shipment(shipment, pick, stray=stray, is_recipient=is_recipient)

    def send_back_shipment(self, shipment, pick, *, stray, is_recipient):
        row = self.books.shipments[shipment]
        by = self.person(row.recipient if is_recipient else row.sender, pick, stray=stray)
        party = self.world.party(by)
        body = {"shipment": shipment, "lot": row.lot, "party": party}
        closed = {"sender": row.sender, "owner": row.owner}
        self.give(by, "lot.return", body, closed)
        self.expect(self.books.answer(self.books.send_back, shipment, party))

    @precondition(lambda self: self.books.shipments and len(self.proposals) < 3)
    @rule(
        pick=picks,
        stray=rarely,
        low=percents,
        high=percents,
        is_at_once=st.booleans(),
    )
    def settle(self, pick, stray, low, high, is_at_once):
        shipment, _ = self.shipment(pick, "disputed")
        self.propose_settlement(shipment, pick, low, high, stray=stray)
        if is_at_once:
            self.approve_settlement(len(self.proposals) - 1, stray=False)

    def propose_settlement(self, shipment, pick, low, high, *, stray):
        """Split what is disputed now; by the time it is approved that may have changed."""
        row = self.books.shipments[shipment]
        by = self.person(row.recipient, pick, stray=stray)
        first_g, second_g = (row.disputed * one // 100 for one in sorted((low, high)))
        body = {"shipment": shipment, "lot": row.lot}
        closed = {
            "salt": self.world.nonce(),
            "sender": row.sender,
            "recipient": row.recipient,
            "to_sender_g": first_g,
            "to_recipient_g": second_g - first_g,
            "lost_g": row.disputed - second_g + (pick % 7 == 0),  # at times a gram too much
            "owner": row.owner,
            "consigned": row.consigned,
        }
        self.give(by, "lot.settle", body, closed)
        self.expect("ACCEPTED")
        self.proposals.append((by, self.last_id(by), body, closed))

    @precondition(lambda self: self.proposals)
    @rule(pick=picks, stray=rarely)
    def approve_settlement(self, pick, stray):
        proposer, proposal, content, closed = self.proposals.pop(pick % len(self.proposals))
        by, world = self.person(closed["sender"], pick, stray=stray), self.world
        body = {
            "proposal": proposal,
            "proposer": {"device": world.kid(proposer), "actor": world.actor(proposer)},
            "type": "lot.settle",
            "body": content,
        }
        self.give(by, "proposal.approve", body, closed)
        if by == proposer:
            self.expect("NOT_INDEPENDENT")
            return
        parties = {world.party(proposer), world.party(by)}
        act = self.books.settle
        self.expect(self.books.answer(act, content["shipment"], parties, closed))

    @rule(pick=picks, stray=rarely, verb=st.sampled_from(list(OUTFLOWS)), share=shares)
    def take(self, pick, stray, verb, share):
        by, key = self.holding(pick, stray=stray)
        quantity_g = max(1, amount(share, self.held_g(key)))
        body = {"lot": key[0], "party": key[1]}
        if verb == "discard":
            body["reason"] = "unsold"
        closed = {"quantity_g": quantity_g, **self.owner(key)}
        self.give(by, f"lot.{verb}", body, closed)
        self.expect(self.books.answer(self.books.take, OUTFLOWS[verb], *key, quantity_g))

    @rule(
        pick=picks,
        stray=rarely,
        verb=st.sampled_from(list(OUTFLOWS)),
        was_share=shares,
        share=shares,
        is_taken=st.booleans(),
    )
    def take_wrongly_and_correct(self, pick, stray, verb, was_share, share, is_taken):
        if is_taken:
            self.take(pick, False, verb, 50)
        self.correct_outflow(pick, OUTFLOWS[verb], was_share, share, stray=stray)

    def correct_outflow(self, pick, outflow, was_share, share, *, stray):
        rows = self.books.holdings
        gone = [key for key in sorted(rows) if getattr(rows[key], outflow)]
        by, key = self.holding(pick, stray=stray)
        if gone and not stray:
            key = gone[pick % len(gone)]
            by = self.person(key[1], pick, stray=False)
        gone_g = getattr(rows[key], outflow) if key in rows else 0
        was_g = max(1, amount(was_share, gone_g))
        quantity_g = amount(share, self.held_g(key) + was_g)
        body = {
            "lot": key[0],
            "party": key[1],
            "corrects": "ab" * 32,
            "outflow": outflow,
            "reason": "typing",
        }
        closed = {"was_g": was_g, "quantity_g": quantity_g, **self.owner(key)}
        self.give(by, "lot.correct_outflow", body, closed)
        act = self.books.correct_outflow
        self.expect(self.books.answer(act, outflow, *key, was_g, quantity_g))

    @rule(pick=picks, stray=rarely, share=st.just(102) | shares, is_late=rarely, more_g=found)
    def take_stock(self, pick, stray, share, is_late, more_g):
        """Count what is there, or some grams more; at times of what is no longer on record."""
        by, key = self.holding(pick, stray=stray)
        was_g = 1_000 if is_late else min(self.held_g(key), GRAMS_MAX)
        counted_g = min(amount(share, was_g) + more_g, GRAMS_MAX)
        body = {"lot": key[0], "party": key[1], "reason": "shrinkage"}
        closed = {"was_g": was_g, "counted_g": counted_g, **self.owner(key)}
        self.give(by, "lot.take_stock", body, closed)
        self.expect(self.books.answer(self.books.count, *key, was_g, counted_g))

    @rule(pick=picks, stray=rarely)
    def hold(self, pick, stray):
        by, key = self.holding(pick, stray=stray)
        body = {"lot": key[0], "party": key[1], "reason": "damage"}
        self.give(by, "lot.hold", body, self.owner(key))
        self.expect(self.books.answer(self.books.hold, *key))

    @rule(pick=picks, stray=rarely)
    def release(self, pick, stray):
        by, key = self.holding(pick, stray=stray)
        held = [one for one, row in sorted(self.books.holdings.items()) if row.on_hold]
        if held and not stray:
            key = held[pick % len(held)]
            by = self.person(key[1], pick, stray=False)
        self.give(by, "lot.release", {"lot": key[0], "party": key[1]}, self.owner(key))
        self.expect(self.books.answer(self.books.release, *key))
