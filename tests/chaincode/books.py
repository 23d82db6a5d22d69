"""The books that a careful bookkeeper would keep of lots: what the ledger is compared with."""


class Books:
    """Grams by (lot, party), by (lot, party, how they left), and by shipment."""

    def __init__(self) -> None:
        self.harvests: dict[str, tuple[str, int]] = {}
        self.held: dict[tuple[str, str], int] = {}
        self.gone: dict[tuple[str, str, str], int] = {}
        self.shipments: dict[str, dict] = {}

    def holds(self, lot: str, party: str) -> int:
        return self.held.get((lot, party), 0)

    def move(self, lot: str, party: str, grams: int) -> None:
        """Book grams to a holding, or from it; it begins with the first gram."""
        if grams:
            self.held[lot, party] = self.holds(lot, party) + grams
            assert self.held[lot, party] >= 0

    def harvest(self, lot: str, party: str, quantity_g: int) -> None:
        self.harvests[lot] = (party, quantity_g)
        self.move(lot, party, quantity_g)

    def correct_harvest(self, lot: str, quantity_g: int) -> None:
        party, harvest_g = self.harvests[lot]
        self.harvests[lot] = (party, quantity_g)
        self.move(lot, party, quantity_g - harvest_g)

    def ship(self, shipment: str, lot: str, sender: str, recipient: str, quantity_g: int) -> None:
        self.move(lot, sender, -quantity_g)
        self.shipments[shipment] = {
            "lot": lot,
            "sender": sender,
            "recipient": recipient,
            "state": "in_transit",
            "shipped_g": quantity_g,
            "credited_g": 0,
            "disputed_g": 0,
            "lost_g": 0,
            "entry": "ab" * 32,
        }

    def count(self, shipment: str, received_g: int, entry: str) -> None:
        """Book a count, in place of an earlier one if there is one."""
        booked = self.shipments[shipment]
        credit_g = min(received_g, booked["shipped_g"])
        self.move(booked["lot"], booked["recipient"], credit_g - booked["credited_g"])
        booked["credited_g"] = credit_g
        booked["disputed_g"] = booked["shipped_g"] - credit_g
        booked["state"] = "received" if received_g == booked["shipped_g"] else "disputed"
        booked["entry"] = entry

    def send_back(self, shipment: str) -> None:
        booked = self.shipments[shipment]
        self.move(booked["lot"], booked["sender"], booked["shipped_g"])
        booked["state"] = "returned"

    def settle(self, shipment: str, settlement: dict) -> None:
        booked = self.shipments[shipment]
        self.move(booked["lot"], booked["sender"], settlement["to_sender_g"])
        self.move(booked["lot"], booked["recipient"], settlement["to_recipient_g"])
        booked |= {"state": "settled", "disputed_g": 0, "lost_g": settlement["lost_g"]}

    def take(self, lot: str, party: str, outflow: str, quantity_g: int) -> None:
        """Book grams that left for good; fewer than none for a correction downwards."""
        self.move(lot, party, -quantity_g)
        term = (lot, party, outflow)
        self.gone[term] = self.gone.get(term, 0) + quantity_g

    def shipment_rows(self) -> dict[str, tuple]:
        members = ("state", "shipped_g", "disputed_g", "lost_g")
        return {key: tuple(one[m] for m in members) for key, one in self.shipments.items()}

    def holding_rows(self) -> dict[tuple[str, str], tuple[int, int, int, int]]:
        """Return held, sold, discarded and used up, by (lot, party)."""
        outflows = ("sold", "discarded", "own_use")
        return {
            (lot, party): (held_g, *(self.gone.get((lot, party, one), 0) for one in outflows))
            for (lot, party), held_g in self.held.items()
        }
