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
            before = self.lots.get(lot)
            former = before.crops - {crop} if before else frozenset()
            row = self.lots[lot] = LotRow(producer, "claim", crop, former=former)
        self._bring(lot, row, holder, counted_g)

    def _bring(self, lot: str, row: LotRow, holder: str, counted_g: int) -> None:
        own = self.holdings.get((lot, row.party, row.party)) or HoldingRow()
        from_stock_g = min(own.movable, counted_g)
        if from_stock_g:
            own.pass_on(from_stock_g)
            self.opened(lot, row.party, row.party)
        row.claimed += counted_g - from_stock_g
        self.flag("claimed", lot, counted_g - from_stock_g)
        there = self.opened(lot, holder, row.party)
        there.come(counted_g)
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
        denied_g = min(holding.denials[True].arrived, less_g)
        if is_theirs:
            others_g = min(row.coverable + row.other_crop, less_g - denied_g)
            back_g = less_g - denied_g - others_g
            require(less_g <= holding.held - holding.unproven, "ALREADY_LEFT")
            row.other_crop -= max(0, others_g - row.coverable)
            row.denied -= denied_g
            row.claimed -= denied_g + others_g
            if back_g:
                self.opened(lot, producer, producer).come(back_g, back=True)
        else:
            require(less_g <= row.misnamed, "MORE_THAN_RECORDED")
            require(less_g <= holding.held - holding.unproven, "ALREADY_LEFT")
            row.misnamed -= less_g
            row.claimed -= less_g
        holding.arrived -= less_g
        for one in holding.denials.values():
            one.arrived = max(0, one.arrived - less_g)
            one.there = min(max(0, one.there - less_g), one.arrived)
        self.flag_surplus(lot, holding, holding.less_came, less_g)

    def take_back(self, lot: str, holder: str, owner: str, quantity_g: int) -> None:
        require(owner != holder, "NOT_INDEPENDENT")
        require(lot in self.lots, "UNKNOWN_LOT")
        holding = self.holding(lot, holder, owner)
        require(self.lots[lot].origin != "claim", "NOT_HARVESTED")
        holding.pass_on(quantity_g)
        denied_g = max(one.arrived for one in holding.denials.values())
        holding.arrived -= min(quantity_g, holding.arrived - denied_g)
        holding.came = max(0, holding.came - quantity_g)
        holding.tidy()
        self.opened(lot, owner, owner).come(quantity_g, back=True)

    def deny(
        self,
        lot: str,
        party: str,
        holder: str,
        owner: str,
        denied_g: int | None,
        *,
        surplus: bool | None = None,
    ) -> None:
        require(holder != party, "NOT_INDEPENDENT")
        require(lot in self.lots, "UNKNOWN_LOT")
        row = self.lots[lot]
        require(party in {row.party, owner}, "UNKNOWN_LOT")
        holding = self.holding(lot, holder, owner)
        before = holding.denials[party == owner]
        surplus = before.surplus if surplus is None else surplus
        denied_g = before.arrived if denied_g is None else denied_g
        require(denied_g <= holding.arrived, "MORE_THAN_RECORDED")
        require(not surplus or before.surplus or holding.unproven, "MORE_THAN_RECORDED")
        more_g = denied_g - before.arrived
        holding.deny(denied_g, surplus=surplus, by_owner=party == owner)
        self.flags.add("denied")
        if owner != row.party:
            return
        own = self.holdings.get((lot, owner, owner)) or HoldingRow()
        if more_g > 0:
            back_g = max(0, more_g - row.coverable - row.other_crop)
            row.other_crop -= max(0, more_g - back_g - row.coverable)
        else:
            back_g = -min(own.movable, -more_g)
        if back_g > 0:
            self.opened(lot, owner, owner).come(back_g, back=True)
            self.flag("denied", lot, back_g)
        elif back_g:
            own.pass_on(-back_g)
            self.opened(lot, owner, owner)
        row.denied += more_g
        row.claimed += back_g
