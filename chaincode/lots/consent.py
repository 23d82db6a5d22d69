"""A producer's standing consent that a shop takes its goods in as they come: a consignment.

Without one nothing of a producer's stock goes to a shop by the shop's word alone (`lot.claim`).
The producer gives it, or a registrar of each side does for them; either side may end it.
"""

from dataclasses import dataclass, replace

from chaincode.base import times
from chaincode.base.envelope import Command
from chaincode.base.errors import Code, RejectionError
from chaincode.base.overlay import Overlay
from chaincode.base.shapes import Date, PseudonymId, Timestamp
from chaincode.command_types import Act, CommandType, Touches, require
from chaincode.lots.records import HOLDERS
from chaincode.registry.records import REGISTRAR, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """`consignment/<producer>/<shop>`: from when until when; both dates are included, the town's.

    Attributes:
        is_revoked: Whether it was ended before its time.
        revoked_at: Ledger time of the last end: what was proposed until then is void.
    """

    since: Date
    until: Date
    is_revoked: bool = False
    revoked_at: Timestamp | None = None

    @staticmethod
    def key(producer: str, shop: str) -> str:
        """Return the state key."""
        return f"consignment/{producer}/{shop}"

    def is_valid_on(self, today: str) -> bool:
        """Whether the shop may take goods in on that date."""
        return not self.is_revoked and self.since <= today <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveConsignment:
    """Open part of `consignment.grant` and of `consignment.register`."""

    producer: PseudonymId
    shop: PseudonymId
    since: Date
    until: Date


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeConsignment:
    """Open part of `consignment.revoke`: by the producer, the shop, or a registrar of either."""

    producer: PseudonymId
    shop: PseudonymId


def require_consigned(act: Act, *, producer: str, shop: str) -> None:
    """Reject what only a standing consignment allows (`NOT_CONSIGNED`)."""
    consignment = act.find(Consignment, Consignment.key(producer, shop))
    is_valid = consignment is not None and consignment.is_valid_on(act.today)
    require(is_valid, Code.NOT_CONSIGNED)


def _grant(act: Act, body: GiveConsignment, _closed: None) -> None:
    require(body.producer == act.principal.party, Code.NOT_YOUR_PARTY)
    _give(act, body)


def _register(act: Act, body: GiveConsignment, _closed: None) -> None:
    assert act.proposer is not None  # noqa: S101 - a type with two signers
    require(body.producer != body.shop, Code.NOT_INDEPENDENT)
    theirs = {act.proposer.organisation, act.principal.organisation}
    sides = [act.find(Party, Party.key(one)) for one in (body.producer, body.shop)]
    is_theirs = all(one is None or one.organisation in theirs for one in sides)
    require(is_theirs, Code.NOT_YOUR_ORGANISATION)
    _give(act, body)


def _give(act: Act, body: GiveConsignment) -> None:
    for party in (body.producer, body.shop):
        require(act.find(Party, Party.key(party)) is not None, Code.UNKNOWN_PARTY)
    key = Consignment.key(body.producer, body.shop)
    before = act.find(Consignment, key)
    revoked_at = before.revoked_at if before else None
    # A proposal that lay about must not bring back what was ended meanwhile.
    is_late = bool(revoked_at and act.proposed_at and act.proposed_at <= revoked_at)
    require(not is_late, Code.PROPOSAL_CLOSED)
    require(body.since <= body.until, Code.PERIOD_REVERSED)
    act.put(key, Consignment(since=body.since, until=body.until, revoked_at=revoked_at))


def _revoke(act: Act, body: RevokeConsignment, _closed: None) -> None:
    sides = (body.producer, body.shop)
    if act.principal.party not in sides:
        require(act.signer.holds(REGISTRAR), Code.NOT_YOUR_PARTY)
        parties = [act.find(Party, Party.key(one)) for one in sides]
        theirs = {one.organisation for one in parties if one is not None}
        require(act.signer.organisation in theirs, Code.NOT_YOUR_ORGANISATION)
    key = Consignment.key(*sides)
    consignment = act.get(Consignment, key, Code.UNKNOWN_CONSIGNMENT)
    if consignment.is_revoked:
        raise RejectionError(Code.UNKNOWN_CONSIGNMENT)
    act.put(key, replace(consignment, is_revoked=True, revoked_at=times.timestamp(act.time)))


def _shop(_overlay: Overlay, body: GiveConsignment, _closed: None, _party: str) -> str:
    return body.shop


def _touches(
    _command: Command, body: GiveConsignment | RevokeConsignment, _closed: None
) -> Touches:
    key = Consignment.key(body.producer, body.shop)
    parties = (Party.key(body.producer), Party.key(body.shop))
    return Touches(reads=(key, *dict.fromkeys(parties)), writes=(key,))


TYPES = (
    CommandType(
        name="consignment.grant",
        body=GiveConsignment,
        roles=HOLDERS,
        is_delegable=True,
        counterparty=_shop,
        proof="parties",
        touches=_touches,
        apply=_grant,
    ),
    CommandType(
        name="consignment.register",
        body=GiveConsignment,
        roles=frozenset({REGISTRAR}),
        signers=2,
        independent="organisation",
        counterparty=_shop,
        proof="parties",
        touches=_touches,
        apply=_register,
    ),
    CommandType(
        name="consignment.revoke",
        body=RevokeConsignment,
        is_delegable=True,
        proof="parties",
        touches=_touches,
        apply=_revoke,
    ),
)
