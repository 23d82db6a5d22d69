"""Consignment: arrivals with and without a record, their correction and denial, taking back."""

from dataclasses import dataclass, field

from tests.chaincode.books.entries import Entries, HoldingRow, LotRow, require


@dataclass
class Consigning(Entries):
    """Goods at one party that are another's; `forbidden` are (producer, shop) without consent."""

    forbidden: set[tuple[str, str]] = field(default_factory=set)

    def arrive(self, lot: str, holder: str, producer: str, crop: str, counted_g: int) -> None:
        require(producer != holder, "NOT_INDEPENDENT")
        require((producer, holder) not in self.forbidden, "NOT_CONSIGNED")
        row = self.named(lot, producer)
        require(row is None or row.crop == crop, "CROP_DIFFERS")
        self.bring(lot, producer, crop, holder, counted_g)

    def named(self, lot: str, producer: str) -> LotRow | None:
        """Return a lot that is that producer's, if anybody has begun it."""
        row = self.lots.get(lot)
        if row is not None and row.origin == "claim" and row.claimed == 0:
            row = None
        require(row is None or row.party == producer, "UNKNOWN_LOT")
        return row

    def bring(self, lot: str, producer: str, crop: str, holder: str, counted_g: int) -> None:
        row = self.named(lot, producer)
        if row is None:
            row = self.lots[lot] = LotRow(producer, "claim", crop)
        self._bring(lot, row, holder, counted_g)

    def _bring(self, lot: str, row: LotRow, holder: str, counted_g: int) -> None:
        own = self.holdings.get((lot, row.party, row.party)) or HoldingRow()
        from_stock_g = min(own.movable, counted_g)
        own.held -= from_stock_g
        row.claimed += counted_g - from_stock_g
        there = self.opened(lot, holder, row.party)
        there.held += counted_g
        there.arrived += counted_g

    def correct_arrival(
        self, lot: str, holder: str, producer: str, was_g: int, counted_g: int
    ) -> None:
        require(producer != holder, "NOT_INDEPENDENT")
        is_given = counted_g <= was_g or (producer, holder) not in self.forbidden
        require(is_given, "NOT_CONSIGNED")
        require(lot in self.lots, "UNKNOWN_LOT")
        row, less_g = self.lots[lot], was_g - counted_g
        is_theirs = row.party == producer
        require(is_theirs or less_g >= 0, "UNKNOWN_LOT")
        holding = self.holding(lot, holder, producer)
        require(was_g <= holding.arrived, "MORE_THAN_RECORDED")
        if less_g < 0:
            self._bring(lot, row, holder, -less_g)
            return
        denied_g = min(holding.denied, less_g)
        if is_theirs:
            others_g = min(row.coverable + row.other_crop, less_g - denied_g)
            back_g = less_g - denied_g - others_g
            require(less_g <= holding.held, "ALREADY_LEFT")
            row.other_crop -= max(0, others_g - row.coverable)
            row.denied -= denied_g
            row.claimed -= denied_g + others_g
            if back_g:
                self.opened(lot, producer, producer).held += back_g
        else:
            require(less_g <= row.misnamed, "MORE_THAN_RECORDED")
            require(less_g <= holding.held, "ALREADY_LEFT")
            row.misnamed -= less_g
            row.claimed -= less_g
        holding.held -= less_g
        holding.arrived -= less_g
        holding.denied -= denied_g

    def take_back(self, lot: str, holder: str, owner: str, quantity_g: int) -> None:
        require(owner != holder, "NOT_INDEPENDENT")
        require(lot in self.lots, "UNKNOWN_LOT")
        holding = self.holding(lot, holder, owner)
        require(self.lots[lot].origin != "claim", "NOT_HARVESTED")
        require(quantity_g <= holding.free, "INSUFFICIENT_QUANTITY")
        holding.held -= quantity_g
        holding.arrived -= min(quantity_g, holding.arrived - holding.denied)
        self.opened(lot, owner, owner).held += quantity_g

    def deny(self, lot: str, party: str, holder: str, owner: str, denied_g: int) -> None:
        require(holder != party, "NOT_INDEPENDENT")
        require(lot in self.lots, "UNKNOWN_LOT")
        row = self.lots[lot]
        require(party in {row.party, owner}, "UNKNOWN_LOT")
        holding = self.holding(lot, holder, owner)
        require(denied_g <= holding.arrived, "MORE_THAN_RECORDED")
        more_g = denied_g - holding.denied
        holding.denied = denied_g
        if owner != row.party:
            return
        own = self.holdings.get((lot, owner, owner)) or HoldingRow()
        if more_g > 0:
            back_g = max(0, more_g - row.coverable - row.other_crop)
            row.other_crop -= max(0, more_g - back_g - row.coverable)
        else:
            back_g = -min(own.movable, -more_g)
        if back_g:
            self.opened(lot, owner, owner).held += back_g
        row.denied += more_g
        row.claimed += back_g
