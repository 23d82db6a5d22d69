"""Rows for lots and holdings; harvest, outflow and stock-taking."""

from dataclasses import dataclass, field

Key = tuple[str, str, str]  # lot, holder, owner
OUTFLOWS = ("sold", "discarded", "own_use")


class RefusalError(Exception):
    """The ledger must refuse this."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def require(condition: object, code: str) -> None:
    if not condition:
        raise RefusalError(code)


@dataclass(slots=True)
class LotRow:
    """What is known of a lot; grams but for the first members."""

    party: str
    origin: str
    crop: str = "carrot"
    harvest: int = 0
    supplement: int = 0
    claimed: int = 0
    denied: int = 0
    misnamed: int = 0
    other_crop: int = 0
    made: int = 0
    parents: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()  # those of its ancestors that its record can name
    hides: bool = False  # there may be more

    def row(self) -> tuple:
        claims = (self.claimed, self.denied, self.misnamed, self.other_crop)
        grams = (self.harvest, self.supplement, *claims, self.made)
        return self.party, self.origin, self.crop, *grams, self.parents

    @property
    def coverable(self) -> int:
        return self.claimed - self.denied - self.misnamed - self.other_crop

    def record(self, before: "LotRow | None") -> None:
        """Take over what was claimed before this record."""
        if before is not None:
            self.claimed = before.claimed
            if before.party == self.party:
                self.denied = before.denied
                self.other_crop = 0 if before.crop == self.crop else before.coverable
            else:
                self.misnamed = before.claimed

    def cover(self, quantity_g: int) -> int:
        """Let grams that now are on record end claims; return those left over."""
        covered_g = min(self.coverable, quantity_g)
        self.claimed -= covered_g
        return quantity_g - covered_g


@dataclass(slots=True)
class HoldingRow:
    """Grams at a holder, and where others went."""

    held: int = 0
    sold: int = 0
    discarded: int = 0
    own_use: int = 0
    transformed: int = 0
    lost: int = 0
    surplus: int = 0
    arrived: int = 0
    denied: int = 0
    denied_gone: int = 0
    on_hold: bool = False
    run: str | None = None  # of several commands, that it came out of and has not moved since

    def row(self) -> tuple:
        return tuple(getattr(self, name) for name in self.__slots__)

    @property
    def free(self) -> int:
        return max(0, self.held - self.denied)

    def lose(self, quantity_g: int) -> None:
        """Let the denied be the first to go, and to come back if there are less than none gone."""
        if quantity_g >= 0:
            denied_g = min(self.denied, quantity_g)
        else:
            denied_g = -min(self.denied_gone, -quantity_g)
        self.denied -= denied_g
        self.arrived -= denied_g
        self.denied_gone += denied_g

    @property
    def movable(self) -> int:
        return 0 if self.on_hold else self.free


@dataclass
class Entries:
    """Lots and holdings, and what one party does alone."""

    lots: dict[str, LotRow] = field(default_factory=dict)
    holdings: dict[Key, HoldingRow] = field(default_factory=dict)

    def holding(self, *key: str) -> HoldingRow:
        require(key in self.holdings, "NOTHING_HELD")
        return self.holdings[key]

    def opened(self, *key: str) -> HoldingRow:
        """Return a holding, which begins here if there is none."""
        return self.holdings.setdefault(key, HoldingRow())

    def require_movable(self, lot: str, holding: HoldingRow) -> None:
        require(not holding.on_hold, "ON_HOLD")
        require(not self.is_recalled(lot), "RECALLED")

    def is_recalled(self, lot: str) -> bool:
        raise NotImplementedError

    def own_lot(self, lot: str, party: str) -> LotRow:
        require(lot in self.lots and self.lots[lot].party == party, "UNKNOWN_LOT")
        return self.lots[lot]

    def begin(self, lot: str, party: str, origin: str, quantity_g: int) -> None:
        """Book a harvest, or stock from before."""
        before = self.lots.get(lot)
        require(before is None or before.origin == "claim", "ID_TAKEN")
        row = LotRow(party, origin, harvest=quantity_g)
        row.record(before)
        self.opened(lot, party, party).held += row.cover(quantity_g)
        self.lots[lot] = row

    def correct_harvest(
        self,
        lot: str,
        party: str,
        quantity_g: int,
        *,
        crop: str,
        supplement_g: int | None = None,
        is_stale: bool,
    ) -> None:
        row = self.own_lot(lot, party)
        require(row.origin == "harvest", "NOT_HARVESTED")
        require(not is_stale, "NOT_THE_LATEST")
        added_g = row.supplement if supplement_g is None else supplement_g
        more_g = quantity_g + added_g - row.harvest - row.supplement
        holding = self.opened(lot, party, party)
        require(holding.held >= -more_g, "ALREADY_LEFT")
        if crop != row.crop:
            row.crop, row.other_crop = crop, row.claimed - row.denied - row.misnamed
        holding.held += row.cover(more_g) if more_g > 0 else more_g
        row.harvest, row.supplement = quantity_g, added_g

    def supplement(self, lot: str, party: str, quantity_g: int) -> None:
        row = self.own_lot(lot, party)
        require(row.origin in {"harvest", "opening"}, "NOT_HARVESTED")
        row.supplement += quantity_g
        self.opened(lot, party, party).held += row.cover(quantity_g)

    def take(self, outflow: str, lot: str, holder: str, owner: str, quantity_g: int) -> None:
        """Book goods as sold, discarded or used up."""
        holding = self.holding(lot, holder, owner)
        if outflow == "sold":
            self.require_movable(lot, holding)
        if outflow == "own_use":
            require(not self.is_recalled(lot), "RECALLED")  # all are for safety's sake
        self._let_go(holding, outflow, quantity_g)
        setattr(holding, outflow, getattr(holding, outflow) + quantity_g)

    def correct_outflow(
        self, outflow: str, lot: str, holder: str, owner: str, was_g: int, quantity_g: int
    ) -> None:
        holding = self.holding(lot, holder, owner)
        booked_g = getattr(holding, outflow)
        require(was_g <= booked_g, "MORE_THAN_RECORDED")
        self._let_go(holding, outflow, quantity_g - was_g)
        setattr(holding, outflow, booked_g - was_g + quantity_g)

    def _let_go(self, holding: HoldingRow, outflow: str, quantity_g: int) -> None:
        is_discarded = outflow == "discarded"
        there_g = holding.held if is_discarded else holding.free
        require(quantity_g <= there_g, "INSUFFICIENT_QUANTITY")
        if is_discarded:
            holding.lose(quantity_g)
        holding.held -= quantity_g

    def count(self, lot: str, holder: str, owner: str, counted_g: int) -> None:
        """Take stock."""
        holding = self.holding(lot, holder, owner)
        if counted_g < holding.held:
            holding.lost += holding.held - counted_g
        else:
            holding.surplus += counted_g - holding.held
        holding.lose(holding.held - counted_g)
        holding.held = counted_g

    def hold(self, lot: str, holder: str, owner: str) -> None:
        holding = self.holding(lot, holder, owner)
        require(not holding.on_hold, "ON_HOLD")
        holding.on_hold = True

    def release(self, lot: str, holder: str, owner: str) -> None:
        holding = self.holding(lot, holder, owner)
        require(holding.on_hold, "NOT_ON_HOLD")
        holding.on_hold = False
