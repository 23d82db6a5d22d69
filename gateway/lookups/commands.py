"""Which commands on record one party may see: its own, and accepted ones that concern it.

A command concerns a party when it names one of the party's actors, or a shipment that the party
sent or is to receive, or when it hands the party's goods over: their arrival on consignment, their
being taken back, a denial, a claim, or the consent to all that. What a shop sells of a farmer's
goods is the shop's own business; the farmer sees the sums. A rejected command concerns nobody but
who signed it, or on whose behalf.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, tuple_

from chaincode.base.errors import Code
from gateway.lookups.places import Page, Place, paged
from gateway.projection import CommandRow, json_text
from gateway.projection.domain import actors, proposals, shipments
from gateway.projection.subjects import subjects
from gateway.projection.tables import command_subject, commands

PLACE = (int, int)  # block_number, position
# Hand-overs of consigned goods, and the member of the closed part that names the other side.
HAND_OVERS: Final = (
    ("lot.arrive", "producer"),
    ("lot.correct_arrival", "producer"),
    ("lot.take_back", "owner"),
    ("lot.deny_claim", "holder"),
    ("lot.claim", "producer"),
    ("lot.correct_claim", "producer"),
    ("lot.accept_claim", "holder"),
)
# What two parties agree on, and the members of the open part that name both.
AGREEMENTS: Final = tuple(
    (f"consignment.{verb}", member)
    for verb in ("grant", "register", "revoke")
    for member in ("producer", "shop")
)


def is_party_to(connection: Connection, command: CommandRow, party: str) -> bool:
    """Whether a party may see a command's content, its closed part included."""
    payload = json_text.decode(command.payload)
    closed = json_text.decode(command.closed) if command.closed else None
    body = payload["body"] if isinstance(payload, dict) else None
    keys = _concerned(connection, party, named=subjects(body, closed))
    query = select(commands.c.id).where(commands.c.id == command.id, _visible_to(party, keys))
    return connection.execute(query).first() is not None


def is_open_proposal(connection: Connection, command: str) -> bool:
    """Whether a command is proposed, and waits for the second signature."""
    query = select(proposals.c.id).where(
        proposals.c.state_key == f"pending/{command}", proposals.c.state == "open"
    )
    return connection.execute(query).first() is not None


def about_lot(
    connection: Connection,
    lot: str,
    *,
    party: str,
    limit: int,
    before: Place | None = None,
) -> Page[CommandRow]:
    """Return what a party may see of a lot's commands, the newest first, rejected ones too."""
    shipped = select(shipments.c.state_key).where(shipments.c.lot == lot, _sides(party))
    keys = list(connection.execute(shipped).scalars())
    place = tuple_(command_subject.c.block_number, command_subject.c.position)
    query = (
        select(commands)
        .join(command_subject, command_subject.c.command_id == commands.c.id)
        .where(command_subject.c.subject_key == f"lot/{lot}", _visible_to(party, keys))
        .order_by(command_subject.c.block_number.desc(), command_subject.c.position.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(place < tuple_(*before))
    found = [CommandRow.of(row) for row in connection.execute(query).mappings()]
    return paged([(one, (one.block_number, one.position)) for one in found], limit=limit)


def _concerned(connection: Connection, party: str, *, named: Sequence[str]) -> list[str]:
    """Return those of the records named that are the party's."""
    own_shipments = select(shipments.c.state_key).where(
        shipments.c.state_key.in_(named), _sides(party)
    )
    own_actors = select(actors.c.state_key).where(
        actors.c.state_key.in_(named), actors.c.party == party
    )
    return list(connection.execute(own_shipments.union_all(own_actors)).scalars())


def _sides(party: str) -> ColumnElement[bool]:
    return or_(shipments.c.sender == party, shipments.c.recipient == party)


def _visible_to(party: str, concerned: Sequence[str]) -> ColumnElement[bool]:
    people = select(actors.c.id).where(actors.c.party == party)
    about = command_subject.alias()
    concerns = exists().where(
        about.c.subject_key.in_(concerned),
        about.c.block_number == commands.c.block_number,
        about.c.position == commands.c.position,
    )
    # The closed part is canonical, so a member has exactly one spelling.
    hands_over = or_(
        *(
            and_(commands.c.type == kind, commands.c.closed.contains(f'"{member}":"{party}"'))
            for kind, member in HAND_OVERS
        ),
        *(
            and_(commands.c.type == kind, commands.c.payload.contains(f'"{member}":"{party}"'))
            for kind, member in AGREEMENTS
        ),
    )
    return or_(
        commands.c.actor.in_(people),
        commands.c.on_behalf.in_(people),
        and_(commands.c.code == Code.ACCEPTED, or_(concerns, hands_over)),
    )
