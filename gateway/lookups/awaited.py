"""What waits for a reader's signature: proposals of two signers, and recalls that one declared.

What one person signed alone of a recall is in force, and is no proposal: another signs
`recall.confirm`. Nor is what somebody claims to have of a producer's: that one says how much of it
is so (`lot.accept_claim`). To people they are the same: somebody waits for their signature.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, and_, or_, select

from chaincode.base.canonical import Json
from chaincode.recalls.records import RECALL_OFFICER
from chaincode.rules import EVER
from gateway.lookups import lots, proposals, recall_book
from gateway.lookups.lots import LotRecord
from gateway.lookups.open_recalls import is_live
from gateway.lookups.people import DeviceRecord, Roles
from gateway.lookups.proposals import Proposed
from gateway.lookups.recall_book import RecallSummary
from gateway.projection import CommandRow
from gateway.projection.domain import open_claims, recalled_roots, recalls
from gateway.projection.tables import commands

CONFIRM: Final = "recall.confirm"
ACCEPT: Final = "lot.accept_claim"
LOTS_LOOKED_UP_MAX: Final = 200  # of one recall, for the goods that its sentence names


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What waits for a signature, with what its sentence needs.

    Attributes:
        proposed: The command. Of a recall to confirm, its latest entry, with the body of the
            `recall.confirm` that is to be signed. Of a claim, what said last how much came, with
            the members of the `lot.accept_claim` that answers it, and the crop.
        recall: That it confirms, widens, lifts or closes; `None` of all else.
        roots: The lots that a recall names.
        lots: The first of them, by number; `None` of one that is not on record.
    """

    proposed: Proposed
    recall: RecallSummary | None
    roots: Sequence[str]
    lots: Mapping[str, LotRecord | None]


def for_reader(
    connection: Connection, reader: DeviceRecord, roles: Roles, *, now: int, limit: int
) -> list[Awaited]:
    """Return what waits for a reader's own signature, the newest first.

    Args:
        connection: To the projection.
        reader: The device that would sign.
        roles: Its holder's, today.
        now: Seconds since 1970.
        limit: At most so many.
    """
    found = proposals.for_reader(connection, reader, roles, now=now, limit=limit)
    found += _to_confirm(connection, reader, roles)
    found += _to_answer(connection, reader, roles)
    found.sort(key=lambda one: (one.command.block_number, one.command.position), reverse=True)
    return [_awaited(connection, one) for one in found[:limit]]


def count_for_reader(
    connection: Connection, reader: DeviceRecord, roles: Roles, *, now: int, limit: int
) -> int:
    """Return how much waits for a reader's own signature, at most `limit`; as `for_reader`."""
    found = proposals.for_reader(connection, reader, roles, now=now, limit=limit)
    others = (*_to_confirm(connection, reader, roles), *_to_answer(connection, reader, roles))
    return min(len(found) + len(others), limit)


def of_signer(connection: Connection, actor: str, *, now: int, limit: int) -> list[Awaited]:
    """Return what somebody proposed and another has to sign, the newest first; as `for_reader`."""
    found = proposals.of_signer(connection, actor, now=now, limit=limit)
    return [_awaited(connection, one) for one in found]


def _to_confirm(connection: Connection, reader: DeviceRecord, roles: Roles) -> Iterator[Proposed]:
    """Yield the recalls of which this reader may confirm what another signed alone.

    Of others' goods an officer of another organisation; of a party's own any other officer, or
    another person of the party.
    """
    kind = EVER[CONFIRM]
    if not kind.roles & roles:
        return
    part, is_officer = recalled_roots.c, RECALL_OFFICER in roles
    of_others = and_(part.own.is_(None), part.organisation != reader.organisation)
    of_its_own = and_(part.own.is_not(None), part.alone != reader.actor)
    fit = or_(of_others, of_its_own) if is_officer else and_(of_its_own, part.own == reader.party)
    waiting = select(part.recall).where(part.alone.is_not(None), is_live(), fit)
    query = (
        select(commands, recalls.c.id.label("recall"))
        .join(recalls, recalls.c.entry == commands.c.id)
        .where(recalls.c.id.in_(waiting))
    )
    for row in connection.execute(query).mappings().all():
        command = CommandRow.of(row)
        body: dict[str, Json] = {"recall": str(row["recall"]), "entry": command.id}
        yield proposals.proposed(connection, command, kind=kind, body=body)


def _to_answer(connection: Connection, reader: DeviceRecord, roles: Roles) -> Iterator[Proposed]:
    """Yield what others claim to have of the reader's own goods, without its consent."""
    kind, claim = EVER[ACCEPT], open_claims.c
    if not kind.roles & roles:
        return
    query = (
        select(commands, claim.holder, claim.lot, claim.crop, claim.claimed_g)
        .join(open_claims, claim.entry == commands.c.id)
        .where(claim.producer == reader.party)
    )
    for row in connection.execute(query).mappings().all():
        body: dict[str, Json] = {"lot": str(row["lot"]), "party": reader.party}
        closed: dict[str, Json] = {name: row[name] for name in ("holder", "crop", "claimed_g")}
        one = proposals.proposed(connection, CommandRow.of(row), kind=kind, body=body)
        yield replace(one, closed=closed, expires=None)


def _awaited(connection: Connection, one: Proposed) -> Awaited:
    named, roots = one.body.get("recall"), one.body.get("roots")
    recall: RecallSummary | None = None
    if one.kind.name.startswith("recall."):
        recall = recall_book.find(connection, str(named))
    if isinstance(roots, list):
        ids = tuple(map(str, roots))
    else:
        ids = recall_book.named(connection, str(named)) if recall else ()
    looked_up = ids[:LOTS_LOOKED_UP_MAX]
    known = lots.find_all(connection, looked_up)
    return Awaited(
        proposed=one, recall=recall, roots=ids, lots={lot: known.get(lot) for lot in looked_up}
    )
