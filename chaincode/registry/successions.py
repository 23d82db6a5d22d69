"""An organisation's MSP has a new name: its certificates' issuer was lost, stolen or taken over.

Two other organisations say so (the other one where there are two), each by one registrar's command.
The old name stays in force until an admin of the new MSP bootstraps; from then on it is nobody's.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Final

from chaincode.base import times
from chaincode.base.envelope import Command
from chaincode.base.errors import Code
from chaincode.base.shapes import Date, Items, MspId, PseudonymId, Word
from chaincode.command_types import Act, CommandType, Touches, require, require_own_service
from chaincode.registry.records import (
    AUDITOR,
    CONSTITUTION,
    REGISTRAR,
    Constitution,
)

VOTERS: Final = 2
NAMING_DAYS: Final = 90  # after which one organisation's word alone is forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """One organisation's word on another's MSP, good until a day.

    Attributes:
        service: That keeps the registrar's key: two keys of one are never two organisations' word.
    """

    organisation: Word
    msp: MspId
    until: Date
    service: PseudonymId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """`succession/<organisation>`: the MSP's new name, while it is only said.

    Attributes:
        namings: Sorted by organisation.
        msp: What enough of them name: whose admin may bootstrap.
    """

    namings: Annotated[tuple[Naming, ...], Items(0, 15)]
    msp: MspId | None = None

    @staticmethod
    def key(organisation_id: str) -> str:
        """Return the state key."""
        return f"succession/{organisation_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameMsp:
    """Open part of `organisation.rename_msp`. The name in force takes one's earlier word back."""

    organisation: Word
    msp: MspId


def succeeded(constitution: Constitution, organisation_id: str, msp: str) -> Constitution:
    """Return the constitution with an organisation's MSP named anew."""
    organisations = tuple(
        replace(one, msp=msp) if one.id == organisation_id else one
        for one in constitution.organisations
    )
    return replace(constitution, organisations=organisations)


def _rename(act: Act, body: RenameMsp, _closed: None) -> None:
    require(act.principal.organisation != body.organisation, Code.NOT_INDEPENDENT)
    key = Succession.key(body.organisation)
    before = act.find(Succession, key) or Succession(namings=())
    kept = [
        one
        for one in before.namings
        if one.organisation != act.principal.organisation and one.until >= act.today
    ]
    require_own_service(act, (one.service for one in kept))
    constitution = act.get(Constitution, CONSTITUTION, Code.UNKNOWN_ORGANISATION)
    organisation = constitution.organisation(body.organisation)
    require(organisation is not None, Code.UNKNOWN_ORGANISATION)
    assert organisation is not None  # noqa: S101 - required just before
    taken = {one.msp for one in constitution.organisations if one.id != body.organisation}
    is_fit = body.msp not in taken and organisation.kind != AUDITOR
    require(is_fit, Code.CONSTITUTION_REFUSED)
    if body.msp != organisation.msp:
        until = times.days_after(act.today, NAMING_DAYS)
        mine = Naming(
            organisation=act.principal.organisation,
            msp=body.msp,
            until=until,
            service=act.signer.service,
        )
        kept.append(mine)
    kept.sort(key=lambda one: one.organisation)
    act.put(key, Succession(namings=tuple(kept), msp=_agreed(act, body.organisation, kept)))


def _agreed(act: Act, organisation_id: str, namings: list[Naming]) -> str | None:
    """Return the name that enough of the others give, of those that hold their offices today."""
    others = act.head.deciding_about(organisation_id)
    counting = {one.id for one in others if not one.is_suspended_on(act.today)}
    said = [one.msp for one in namings if one.organisation in counting]
    enough = [msp for msp in sorted(frozenset(said)) if said.count(msp) >= min(VOTERS, len(others))]
    # Two pairs of four others may disagree: then nobody may bootstrap.
    return enough[0] if len(enough) == 1 else None


def _touches(_command: Command, body: RenameMsp, _closed: None) -> Touches:
    key = Succession.key(body.organisation)
    return Touches(reads=(CONSTITUTION, key), writes=(key,))


TYPES = (
    CommandType(
        name="organisation.rename_msp",
        body=RenameMsp,
        roles=frozenset({REGISTRAR}),
        touches=_touches,
        apply=_rename,
    ),
)
