"""Goods that came to a party without their producer's standing consent: claimed, and no more.

They are grams of no lot and no holding yet: nothing of the producer's stock goes, no harvest covers
them, and they are neither sold nor shipped nor made into anything. The producer says how much of
them is its own; so much then is as if it had arrived on consignment, and the rest is gone.
"""

from dataclasses import dataclass, replace
from typing import Annotated

from chaincode.base import times
from chaincode.base.envelope import Command
from chaincode.base.errors import Code, RejectionError
from chaincode.base.overlay import Overlay
from chaincode.base.shapes import (
    Bits128,
    Grams,
    GramsOrNone,
    GramsSum,
    Items,
    LotId,
    PseudonymId,
    Sha256,
    Timestamp,
    Word,
)
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.lots.consignment import bring, claimed_lot, find_named, touched
from chaincode.lots.harvest import CorrectionReason
from chaincode.lots.quantities import Channel, Packs, require_packs
from chaincode.lots.records import HOLDERS, Lot
from chaincode.registry.records import Party

CLAIMS_MAX = 50  # open ones of one party


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClaim:
    """What a party says came of one lot, and its producer has not answered.

    Attributes:
        producer: Whose it is by its label.
        arrived_at: When the first of it came.
        entry: Id of the command that said last how much.
    """

    lot: LotId
    producer: PseudonymId
    crop: Word
    claimed_g: GramsSum
    arrived_at: Timestamp
    entry: Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """`claims/<party>`: what a party claims; by lot and producer, sorted."""

    claims: Annotated[tuple[OpenClaim, ...], Items(0, CLAIMS_MAX)] = ()

    @staticmethod
    def key(party: str) -> str:
        """Return the state key."""
        return f"claims/{party}"

    def find(self, lot: str, producer: str) -> OpenClaim | None:
        """Return the claim on a lot in a producer's name."""
        named = (lot, producer)
        return next((one for one in self.claims if (one.lot, one.producer) == named), None)

    def having(self, claim: OpenClaim) -> "Claims":
        """Return the claims with this one in place of the one on the same lot; 0 g: without it."""
        named = (claim.lot, claim.producer)
        others = [one for one in self.claims if (one.lot, one.producer) != named]
        mine = [claim] if claim.claimed_g else []
        return Claims(
            claims=tuple(sorted((*others, *mine), key=lambda one: (one.lot, one.producer)))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Open part of `lot.claim`."""

    lot: LotId
    party: PseudonymId
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimClosed:
    """Closed part of `lot.claim`: whose goods they are, by their label, and how much came."""

    salt: Bits128
    producer: PseudonymId
    crop: Word
    counted_g: Grams
    packs: Packs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectClaim:
    """Open part of `lot.correct_claim`."""

    lot: LotId
    party: PseudonymId
    reason: CorrectionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectClaimClosed:
    """Closed part of `lot.correct_claim`: all that is claimed of the lot; 0 takes it back."""

    salt: Bits128
    producer: PseudonymId
    claimed_g: GramsOrNone


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptClaim:
    """Open part of `lot.accept_claim`, by the producer in whose name goods are claimed."""

    lot: LotId
    party: PseudonymId


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptClaimClosed:
    """Closed part of `lot.accept_claim`.

    Attributes:
        holder: Who claims.
        claimed_g: How much, as the producer has read it.
        accepted_g: How much of it is the producer's own; the rest is denied. 0: none is.
    """

    salt: Bits128
    holder: PseudonymId
    claimed_g: GramsSum
    accepted_g: GramsSum


def _claim(act: Act, body: Claim, closed: ClaimClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    require(act.find(Party, Party.key(closed.producer)) is not None, Code.UNKNOWN_PARTY)
    lot = find_named(act, body.lot, closed.producer)
    require_packs(closed.packs, closed.counted_g)
    before = act.find(Claims, Claims.key(body.party)) or Claims()
    claim = before.find(body.lot, closed.producer) or OpenClaim(
        lot=body.lot,
        producer=closed.producer,
        crop=closed.crop,
        claimed_g=0,
        arrived_at=times.timestamp(act.command.event_time),
        entry=act.command.id,
    )
    crops = {closed.crop, claim.crop} | ({lot.crop} if lot else set())
    require(len(crops) == 1, Code.CROP_DIFFERS)
    claimed_g = claim.claimed_g + closed.counted_g
    more = replace(claim, claimed_g=claimed_g, entry=act.command.id)
    claims = before.having(more)
    require(len(claims.claims) <= CLAIMS_MAX, Code.TOO_MANY_CLAIMS)
    act.put(Claims.key(body.party), claims)
    act.flags.add("claimed")


def _correct_claim(act: Act, body: CorrectClaim, closed: CorrectClaimClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    claims, claim = _find(act, body.party, body.lot, closed.producer)
    corrected = replace(claim, claimed_g=closed.claimed_g, entry=act.command.id)
    act.put(Claims.key(body.party), claims.having(corrected))
    act.flags.add("corrected")


def _accept(act: Act, body: AcceptClaim, closed: AcceptClaimClosed) -> None:
    require(body.party == act.principal.party, Code.NOT_YOUR_PARTY)
    # Whose lot it is matters only for what is accepted: a wrong number is denied all the same.
    lot = find_named(act, body.lot, body.party) if closed.accepted_g else None
    claims, claim = _find(act, closed.holder, body.lot, body.party)
    require(closed.claimed_g == claim.claimed_g, Code.NOT_THE_LATEST)
    require(lot is None or lot.crop == claim.crop, Code.CROP_DIFFERS)
    require(closed.accepted_g <= claim.claimed_g, Code.MORE_THAN_RECORDED)
    act.put(Claims.key(closed.holder), claims.having(replace(claim, claimed_g=0)))
    if closed.accepted_g:
        lot = lot or claimed_lot(act, body.lot, body.party, claim.crop, claim.arrived_at)
        bring(act, body.lot, lot, closed.accepted_g, holder=closed.holder)
    if closed.accepted_g < claim.claimed_g:
        act.flags.add("denied")


def _find(act: Act, holder: str, lot: str, producer: str) -> tuple[Claims, OpenClaim]:
    claims = act.get(Claims, Claims.key(holder), Code.UNKNOWN_CLAIM)
    claim = claims.find(lot, producer)
    if claim is None:
        raise RejectionError(Code.UNKNOWN_CLAIM)
    return claims, claim


def _producer(
    _overlay: Overlay, _body: object, closed: ClaimClosed | CorrectClaimClosed, _party: str
) -> str:
    return closed.producer


def _holder(_overlay: Overlay, _body: object, closed: AcceptClaimClosed, _party: str) -> str:
    return closed.holder


def _claim_touches(_command: Command, body: Claim, closed: ClaimClosed) -> Touches:
    claims = Claims.key(body.party)
    return Touches(reads=(Party.key(closed.producer), Lot.key(body.lot), claims), writes=(claims,))


def _correct_touches(_command: Command, body: CorrectClaim, _closed: CorrectClaimClosed) -> Touches:
    claims = Claims.key(body.party)
    return Touches(reads=(claims,), writes=(claims,))


def _accept_touches(_command: Command, body: AcceptClaim, closed: AcceptClaimClosed) -> Touches:
    records = (Claims.key(closed.holder), *touched(body.lot, closed.holder, body.party))
    return Touches(reads=records, writes=records)


TYPES = (
    CommandType(
        name="lot.claim",
        body=Claim,
        closed=ClaimClosed,
        roles=HOLDERS,
        counterparty=_producer,
        proof="parties",
        touches=_claim_touches,
        apply=_claim,
    ),
    CommandType(
        name="lot.correct_claim",
        body=CorrectClaim,
        closed=CorrectClaimClosed,
        roles=HOLDERS,
        counterparty=_producer,
        proof="parties",
        touches=_correct_touches,
        apply=_correct_claim,
    ),
    CommandType(
        name="lot.accept_claim",
        body=AcceptClaim,
        closed=AcceptClaimClosed,
        roles=HOLDERS,
        counterparty=_holder,
        proof="parties",
        touches=_accept_touches,
        apply=_accept,
    ),
)
