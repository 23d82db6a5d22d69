"""Who may take in whose goods, and goods that came without that: no gram of any lot."""

from dataclasses import dataclass, field

from tests.chaincode.books.consigning import Consigning
from tests.chaincode.books.entries import require


@dataclass(slots=True)
class ClaimRow:
    """What somebody says came, and nobody has answered."""

    crop: str
    claimed: int = 0


@dataclass
class Claiming(Consigning):
    """Standing consignments and open claims; the latter by holder, lot and producer."""

    ended: set[tuple[str, str]] = field(default_factory=set)
    claims: dict[tuple[str, str, str], ClaimRow] = field(default_factory=dict)
    claims_max: int = 50

    def agree(self, producer: str, shop: str, *, is_registered: bool = False) -> None:
        require(producer != shop, "NOT_INDEPENDENT")
        # What was proposed no later than it was ended is void; all happens in one second here.
        require(not is_registered or (producer, shop) not in self.ended, "PROPOSAL_CLOSED")
        self.forbidden.discard((producer, shop))

    def disagree(self, producer: str, shop: str) -> None:
        is_given = producer != shop and (producer, shop) not in self.forbidden
        require(is_given, "UNKNOWN_CONSIGNMENT")
        self.forbidden.add((producer, shop))
        self.ended.add((producer, shop))

    def claim(self, holder: str, lot: str, producer: str, crop: str, counted_g: int) -> None:
        require(producer != holder, "NOT_INDEPENDENT")
        row = self.named(lot, producer)
        before = self.claims.get((holder, lot, producer))
        crops = {one.crop for one in (row, before) if one is not None}
        require(crops <= {crop}, "CROP_DIFFERS")
        mine = [key for key in self.claims if key[0] == holder]
        require(before is not None or len(mine) < self.claims_max, "TOO_MANY_CLAIMS")
        self.claims.setdefault((holder, lot, producer), ClaimRow(crop)).claimed += counted_g
        self.flags.add("claimed")  # though no gram of any lot yet

    def correct_claim(self, holder: str, lot: str, producer: str, claimed_g: int) -> None:
        if claimed_g:
            self.claims[holder, lot, producer].claimed = claimed_g
        else:
            del self.claims[holder, lot, producer]

    def accept_claim(
        self, producer: str, holder: str, lot: str, claimed_g: int, accepted_g: int
    ) -> None:
        require(producer != holder, "NOT_INDEPENDENT")
        row = self.named(lot, producer) if accepted_g else None
        require((holder, lot, producer) in self.claims, "UNKNOWN_CLAIM")
        claim = self.claims[holder, lot, producer]
        require(claimed_g == claim.claimed, "NOT_THE_LATEST")
        require(row is None or row.crop == claim.crop, "CROP_DIFFERS")
        require(accepted_g <= claim.claimed, "MORE_THAN_RECORDED")
        del self.claims[holder, lot, producer]
        if accepted_g < claim.claimed:
            self.flags.add("denied")
        if accepted_g:
            self.bring(lot, producer, claim.crop, holder, accepted_g)
