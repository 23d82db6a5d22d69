"""Hand-over: in transit, counted, disputed, settled, sent back."""

from dataclasses import dataclass, field

from tests.chaincode.books.entries import Entries, HoldingRow, require


@dataclass(slots=True, kw_only=True)
class ShipmentRow:
    """Grams of one lot on their way."""

    lot: str
    sender: str
    recipient: str
    owner: str
    consigned: bool
    shipped: int
    state: str = "in_transit"
    credited: int = 0
    disputed: int = 0
    lost: int = 0
    entry: str = "ab" * 32
    brought_by: str | None = None
    hides: frozenset[str] = frozenset()

    @property
    def new_owner(self) -> str:
        return self.owner if self.consigned else self.recipient

    def row(self) -> tuple:
        grams = (self.shipped, self.disputed, self.lost)
        return self.state, *grams, self.owner, self.consigned, self.brought_by


@dataclass
class Shipping(Entries):
    """Shipments, by id."""

    shipments: dict[str, ShipmentRow] = field(default_factory=dict)

    def ship(self, shipment: str, row: ShipmentRow) -> None:
        require(row.sender != row.recipient, "NOT_INDEPENDENT")
        holding = self.holding(row.lot, row.sender, row.owner)
        self.require_movable(row.lot, holding)
        holding.pass_on(row.shipped)
        row.hides = holding.hides
        self.shipments[shipment] = row

    def receive(self, shipment: str, party: str, owner: str, received_g: int, entry: str) -> None:
        row = self._theirs(shipment, party, owner)
        require(row.state == "in_transit", "NOT_IN_TRANSIT")
        self._count(row, received_g, entry)

    def correct_receipt(
        self, shipment: str, party: str, owner: str, received_g: int, entry: str, *, is_stale: bool
    ) -> None:
        row = self._theirs(shipment, party, owner)
        require(row.state in {"received", "disputed"}, "NOT_RECEIVED")
        require(not is_stale, "NOT_THE_LATEST")
        less_g = row.credited - min(received_g, row.shipped)
        there = self.holdings.get((row.lot, row.recipient, row.new_owner))
        require(less_g <= (there.proven if there else 0), "ALREADY_LEFT")
        self._count(row, received_g, entry)

    def sent(self, row: ShipmentRow, holder: str, owner: str) -> HoldingRow:
        """Return a holding that a shipment comes to: it hides what either hides."""
        there = self.holdings.setdefault((row.lot, holder, owner), HoldingRow())
        there.hides |= row.hides
        return there

    def _theirs(self, shipment: str, party: str, owner: str) -> ShipmentRow:
        row = self.shipments[shipment]
        require(row.recipient == party, "NOT_THEIR_SHIPMENT")
        require(row.new_owner == owner, "OWNER_DIFFERS")
        return row

    def _count(self, row: ShipmentRow, received_g: int, entry: str) -> None:
        credit_g = min(received_g, row.shipped)
        more_g = credit_g - row.credited
        if more_g:
            there = self.sent(row, row.recipient, row.new_owner)
            act = there.come if more_g > 0 else there.less_came
            self.flag_surplus(row.lot, there, act, abs(more_g))
        row.credited = credit_g
        row.disputed = row.shipped - credit_g
        row.state = "received" if received_g == row.shipped else "disputed"
        row.entry = entry

    def send_home(self, shipment: str, row: ShipmentRow) -> None:
        """Send bought goods back: neither a hold nor a recall stops what goes home."""
        require(row.sender != row.recipient, "NOT_INDEPENDENT")
        came = self.shipments[row.brought_by]
        is_theirs = (came.recipient, came.sender) == (row.sender, row.recipient)
        require(is_theirs, "NOT_THEIR_SHIPMENT")
        holding = self.holding(row.lot, row.sender, row.owner)
        require(came.state in {"received", "disputed", "settled"}, "NOT_RECEIVED")
        require(not came.consigned and came.brought_by is None, "NOT_BOUGHT")
        holding.pass_on(row.shipped)
        row.hides = holding.hides
        self.shipments[shipment] = row

    def send_back(self, shipment: str, party: str) -> None:
        row = self.shipments[shipment]
        require(party in {row.sender, row.recipient}, "NOT_THEIR_SHIPMENT")
        require(row.state == "in_transit", "NOT_IN_TRANSIT")
        self.sent(row, row.sender, row.owner).come(row.shipped, back=True)
        row.state = "returned"

    def settle(self, shipment: str, parties: set[str], closed: dict) -> None:
        row = self.shipments[shipment]
        require(parties == {row.sender, row.recipient}, "NOT_YOUR_PARTY")
        require(row.state == "disputed", "NOT_DISPUTED")
        parts_g = (closed["to_sender_g"], closed["to_recipient_g"], closed["lost_g"])
        require(sum(parts_g) == row.disputed, "SUM_DIFFERS")
        if parts_g[0]:
            self.sent(row, row.sender, row.owner).come(parts_g[0], back=True)
        if parts_g[1]:
            self.sent(row, row.recipient, row.new_owner).come(parts_g[1])
        row.state, row.disputed, row.lost = "settled", 0, parts_g[2]
