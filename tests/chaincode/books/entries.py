"""Rows for lots and holdings; harvest, outflow and stock-taking."""

from collections import Counter
from collections.abc import Callable
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
    hidden: frozenset[str] = frozenset()  # what the others may be, if there may be others
    former: frozenset[str] = frozenset()  # what it was said to be before
    above: frozenset[str] = frozenset()  # what any of its ancestors is, may be or was said to be
    claimed_as: frozenset[str] = frozenset()  # what it was before its record

    def row(self) -> tuple:
        claims = (self.claimed, self.denied, self.misnamed, self.other_crop)
        grams = (self.harvest, self.supplement, *claims, self.made)
        return self.party, self.origin, self.crop, *grams, self.parents

    @property
    def crops(self) -> frozenset[str]:
        return self.former | {self.crop}

    @property
    def goods_hide(self) -> frozenset[str]:
        return frozenset({self.crop}) if self.origin == "claim" else self.hidden

    @property
    def coverable(self) -> int:
        return self.claimed - self.denied - self.misnamed - self.other_crop

    def record(self, before: "LotRow | None") -> None:
        """Take over what was claimed before this record."""
        if before is not None:
            self.claimed = before.claimed
            self.former = before.crops - {self.crop}
            self.claimed_as = before.crops
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
class DenialRow:
    """What one party denies: of what arrived in all, of that what may be there, and surplus."""

    arrived: int = 0
    there: int = 0
    surplus: bool = False


@dataclass(slots=True)
class HoldingRow:
    """Grams at a holder, and where others went; `denials` by whether the owner denies."""

    held: int = 0
    sold: int = 0
    discarded: int = 0
    own_use: int = 0
    transformed: int = 0
    lost: int = 0
    surplus: int = 0
    came: int = 0
    most_came: int = 0  # ever
    unproven: int = 0
    unproven_gone: int = 0
    arrived: int = 0
    denials: dict[bool, DenialRow] = field(
        default_factory=lambda: {True: DenialRow(), False: DenialRow()}
    )
    on_hold: bool = False
    hides: frozenset[str] = frozenset()  # what those of its ancestors may be that nobody names
    run: str | None = None  # of several commands, that it came out of and has not moved since

    def row(self) -> tuple:
        gone = (self.sold, self.discarded, self.own_use, self.transformed, self.lost)
        found = (self.surplus, self.came, self.unproven, self.unproven_gone)
        denials = [(one.arrived, one.there, one.surplus) for one in self.denials.values()]
        said = (self.arrived, self.denied, denials, self.on_hold, self.run)
        return self.held, *gone, *found, *said

    @property
    def blocked(self) -> int:
        """What is denied of the arrivals and may be there."""
        return max(one.there for one in self.denials.values())

    @property
    def denied(self) -> int:
        is_surplus = any(one.surplus for one in self.denials.values())
        return self.blocked + (self.unproven if is_surplus else 0)

    @property
    def free(self) -> int:
        return self.held - self.denied

    @property
    def proven(self) -> int:
        return self.held - self.blocked - self.unproven

    @property
    def movable(self) -> int:
        return 0 if self.on_hold else self.proven

    @property
    def found(self) -> int:
        """What nobody vouches for, there or not: neither lost before nor two in a hundred."""
        return max(0, self.surplus - self.lost - self.came * 2 // 100)

    def come(self, quantity_g: int, *, back: bool = False) -> None:
        """Book what comes in; of what comes back, as much as is denied may be that."""
        self.held += quantity_g
        if back:
            self.recall_to_mind(quantity_g)
        else:
            self.came += quantity_g
            self.most_came = max(self.most_came, self.came)
        self.tidy()

    def recall_to_mind(self, more_g: int) -> None:
        for one in self.denials.values():
            one.there = max(0, min(one.there + more_g, one.arrived))

    def pass_on(self, quantity_g: int) -> None:
        require(quantity_g <= self.free, "INSUFFICIENT_QUANTITY")
        require(quantity_g <= self.proven, "UNPROVEN")
        self.held -= quantity_g
        self.tidy()

    def spend(self, quantity_g: int) -> None:
        """Sell or use: what is proven first."""
        require(quantity_g <= self.free, "INSUFFICIENT_QUANTITY")
        self.unproven_gone += max(0, quantity_g - self.proven)
        self.held -= quantity_g
        self.tidy()

    def clear(self, quantity_g: int) -> None:
        """Throw away: what is denied first, then what is unproven."""
        require(quantity_g <= self.held, "INSUFFICIENT_QUANTITY")
        denied_g = min(self.blocked, quantity_g)
        self.unproven_gone += min(self.unproven, quantity_g - denied_g)
        self.recall_to_mind(-denied_g)
        self.held -= quantity_g
        self.tidy()

    def unspend(self, quantity_g: int) -> None:
        """Book what was neither sold nor used nor thrown away."""
        blocked_g = self.blocked
        self.come(quantity_g, back=True)
        rest_g = quantity_g - (self.blocked - blocked_g)
        self.unproven_gone = max(0, self.unproven_gone - rest_g)
        self.tidy()

    def recount(self, more_g: int) -> None:
        """Find more, or less: what is unproven comes and goes before what is denied."""
        self.held += more_g
        if more_g > 0:
            self.surplus += more_g
        else:
            self.lost -= more_g
        unproven_g = max(0, self.found - self.unproven_gone)
        self.recall_to_mind(more_g - unproven_g + self.unproven)
        self.tidy()

    def less_came(self, quantity_g: int) -> None:
        self.held -= quantity_g
        self.came = max(0, self.came - quantity_g)
        self.tidy()

    def deny(self, arrived_g: int, *, surplus: bool, by_owner: bool) -> None:
        one = self.denials[by_owner]
        more_g = max(0, arrived_g - one.arrived)
        one.there = min(one.there + more_g, self.held - self.unproven, arrived_g)
        one.arrived, one.surplus = arrived_g, surplus
        self.tidy()

    def tidy(self) -> None:
        """Let what is no longer found be neither there nor gone."""
        self.unproven = min(max(0, self.found - self.unproven_gone), self.held - self.blocked)
        self.unproven_gone = self.found - self.unproven


@dataclass
class Entries:
    """Lots and holdings, and what one party does alone."""

    lots: dict[str, LotRow] = field(default_factory=dict)
    holdings: dict[Key, HoldingRow] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)  # of the act
    flagged: Counter[str] = field(default_factory=Counter)  # grams that a flag told of, by lot

    def holding(self, *key: str) -> HoldingRow:
        require(key in self.holdings, "NOTHING_HELD")
        return self.holdings[key]

    def opened(self, *key: str) -> HoldingRow:
        """Return a holding, which begins here if there is none, by what its lot says now."""
        row = self.holdings.setdefault(key, HoldingRow())
        row.hides = self.lots[key[0]].goods_hide
        return row

    def require_movable(self, lot: str, holding: HoldingRow) -> None:
        require(not holding.on_hold, "ON_HOLD")
        require(not self.is_stopped(lot, holding), "RECALLED")

    def is_stopped(self, lot: str, holding: HoldingRow) -> bool:
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
        self.lots[lot] = row
        self.opened(lot, party, party).come(row.cover(quantity_g))

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
        holding = self.holding(lot, party, party)
        require(holding.proven >= -more_g, "ALREADY_LEFT")
        if crop != row.crop:
            row.former = row.crops - {crop}
            row.crop, row.other_crop = crop, row.claimed - row.denied - row.misnamed
        holding = self.opened(lot, party, party)
        if more_g < 0:
            self.flag_surplus(lot, holding, holding.less_came, -more_g)
        else:
            holding.come(row.cover(more_g))
        row.harvest, row.supplement = quantity_g, added_g

    def supplement(self, lot: str, party: str, quantity_g: int) -> None:
        row = self.own_lot(lot, party)
        require(row.origin in {"harvest", "opening"}, "NOT_HARVESTED")
        row.supplement += quantity_g
        self.opened(lot, party, party).come(row.cover(quantity_g))

    def take(self, outflow: str, lot: str, holder: str, owner: str, quantity_g: int) -> None:
        """Book goods as sold, discarded or used up."""
        holding = self.holding(lot, holder, owner)
        if outflow == "sold":
            self.require_movable(lot, holding)
        if outflow == "own_use":
            require(not self.is_stopped(lot, holding), "RECALLED")  # all are for safety's sake
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
        if quantity_g <= 0:
            holding.unspend(-quantity_g)
        elif outflow == "discarded":
            holding.clear(quantity_g)
        else:
            holding.spend(quantity_g)

    def count(self, lot: str, holder: str, owner: str, was_g: int, counted_g: int) -> None:
        """Take stock."""
        holding, more_g = self.holding(lot, holder, owner), counted_g - was_g
        if more_g > max(0, holding.lost - holding.surplus):
            require(not self.is_stopped(lot, holding), "RECALLED")
        require(holding.held + more_g >= 0, "ALREADY_LEFT")
        self.flag_surplus(lot, holding, holding.recount, more_g)

    def flag_surplus(
        self, lot: str, holding: HoldingRow, act: Callable[[int], None], grams: int
    ) -> None:
        """Do what may leave more found than anyone vouches for: that is said publicly."""
        before_g = holding.found
        act(grams)
        self.flag("surplus", lot, holding.found - before_g)

    def flag(self, name: str, lot: str, grams: int) -> None:
        """Mark the act publicly, if any grams are to be marked."""
        if grams > 0:
            self.flags.add(name)
            self.flagged[lot] += grams

    def hold(self, lot: str, holder: str, owner: str) -> None:
        holding = self.holding(lot, holder, owner)
        require(not holding.on_hold, "ON_HOLD")
        holding.on_hold = True

    def release(self, lot: str, holder: str, owner: str) -> None:
        holding = self.holding(lot, holder, owner)
        require(holding.on_hold, "NOT_ON_HOLD")
        holding.on_hold = False
