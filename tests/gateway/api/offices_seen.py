"""What a reader is to each record of a market, told from the tables by other code than the API's.

towards = Towards.of(connection, party, roles)
towards.lot(lot_id)        # {Role.PUBLIC, Role.HOLDER, …}
"""

import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from chaincode.rules import EVER
from gateway.answers.visibility import Role
from gateway.projection import CommandRow
from gateway.projection.domain import (
    actors,
    holdings,
    lots,
    mandates,
    plots,
    recalls,
    shipments,
    sticker_ranges,
)
from gateway.projection.tables import commands
from tests.gateway.planted import OTHER_SIDE

PUBLIC_TYPES = {name for name, kind in EVER.items() if kind.proof == "public"}


@dataclass(slots=True, kw_only=True)
class Towards:
    """One reader, and the tables as they are; `party` is `None` for nobody."""

    party: str | None
    roles: set[str]
    lots: dict
    holdings: list
    shipments: dict
    recalls: dict
    commands: dict[str, CommandRow]
    actors: dict[str, str]  # party by actor
    plots: dict[str, str]  # party by plot
    rolls: dict[str, str]  # party by roll
    mandates: set[tuple[str, str]]  # principal, agent
    actor: str | None = None
    organisation: str | None = None

    @classmethod
    def of(cls, connection: Connection, party: str | None, roles: set[str]) -> "Towards":
        """Read everything that there is."""

        def rows(table):
            return list(connection.execute(select(table)))

        return cls(
            party=party,
            roles=roles,
            lots={row.id: row for row in rows(lots)},
            holdings=rows(holdings),
            shipments={row.id: row for row in rows(shipments)},
            recalls={row.id: row for row in rows(recalls)},
            commands={
                row["id"]: CommandRow.of(row)
                for row in connection.execute(select(commands)).mappings()
            },
            actors={row.id: row.party for row in rows(actors)},
            plots={row.id: row.party for row in rows(plots)},
            rolls={row.roll: row.party for row in rows(sticker_ranges)},
            mandates={(row.principal, row.agent) for row in rows(mandates)},
        )

    def anything(self) -> set[Role]:
        """Return what the reader is to every record."""
        offices = (Role.RECALL_OFFICER, Role.INSPECTOR, Role.LAND_REGISTRAR, Role.REGISTRAR)
        return {Role.PUBLIC, *(one for one in offices if one in self.roles)}

    def own(self, party: str) -> set[Role]:
        """Return what the reader is to a party."""
        return self.anything() | ({Role.PARTY} if party == self.party else set())

    def holder(self, actor: str, organisation: str) -> set[Role]:
        """Return what the reader is to the holder of keys: none of the market is suspended."""
        is_office = "registrar" in self.roles and organisation in (self.organisation, "auditor")
        found = {Role.REGISTRAR} if is_office else set()
        return found | ({Role.PARTY} if actor == self.actor else set())

    def mandate(self, principal: str, agent: str) -> set[Role]:
        """Return what the reader is to a mandate."""
        is_held = (principal, agent) in self.mandates and agent == self.actor
        return self.own(self.actors[principal]) | ({Role.AGENT} if is_held else set())

    def plot(self, plot: str) -> set[Role]:
        """Return what the reader is to a plot: mandates of the market hold whenever it is asked."""
        party = self.plots[plot]
        held = [one for one, agent in self.mandates if agent == self.actor]
        is_agent = party in {self.actors[one] for one in held}
        return self.own(party) | ({Role.AGENT} if is_agent else set())

    def lot(self, lot_id: str) -> set[Role]:
        """Return what the reader is to a lot."""
        row, found = self.lots[lot_id], self.anything()
        if row.party == self.party:
            found.add(Role.MAKER if row.origin in {"made", "unmade"} else Role.PRODUCER)
        for one in self.holdings:
            if one.lot == lot_id:
                found |= self.sides(holder=one.holder, owner=one.owner)
        for one in self.shipments.values():
            if one.lot == lot_id:
                found |= self.sides(sender=one.sender, recipient=one.recipient)
        if any(lot_id in row.payload for row in self.commands.values() if self.is_party(row)):
            found.add(Role.PARTY)
        return found

    def sides(self, **parties: str) -> set[Role]:
        """Return which of the parties to something the reader is: a holder counts before owner."""
        found = {Role(name) for name, party in parties.items() if party == self.party}
        return found - {Role.OWNER} if Role.HOLDER in found else found

    def step(self, parent: str, child: str) -> set[Role]:
        """Return what the reader is to a step of a lineage."""
        found = self.anything()
        if self.lots[child].party == self.party:
            found.add(Role.MAKER)
        for row in self.commands.values():
            body = json.loads(row.payload)["body"]
            if row.is_accepted and child in json.dumps(body.get("children", "")):
                inputs = json.loads(row.closed)["inputs"]
                for lot, one in zip(body["parents"], inputs, strict=True):
                    if lot == parent and one.get("owner") == self.party is not None:
                        found.add(Role.OWNER)
        return found

    def command(self, command_id: str) -> set[Role]:
        """Return what the reader is to a command."""
        is_party = self.is_party(self.commands[command_id])
        return self.anything() | ({Role.PARTY} if is_party else set())

    def is_party(self, row: CommandRow) -> bool:
        """Whether a command is the reader's party's, is about it, or waits for its approval."""
        if self.party is None:
            return False
        payload = json.loads(row.payload)
        closed = json.loads(row.closed) if row.closed else {}
        mine = {actor for actor, party in self.actors.items() if party == self.party}
        own = [
            one.id
            for one in self.shipments.values()
            if self.sides(sender=one.sender, recipient=one.recipient)
        ]
        is_named = any(one in json.dumps(payload["body"]) for one in (*mine, *own))
        is_other_side = closed.get(OTHER_SIDE.get(row.type, "")) == self.party
        if row.type.startswith("consignment."):
            is_other_side = self.party in {payload["body"][side] for side in ("producer", "shop")}
        kind = EVER[row.type]
        may_approve = kind.signers == 2 and kind.closed is None and bool(kind.roles & self.roles)
        is_own = row.actor in mine
        return is_own or may_approve or (row.is_accepted and (is_named or is_other_side))

    def is_public(self, command_id: str) -> bool:
        """Whether everyone may read a command's open part."""
        row = self.commands[command_id]
        if row.type == "proposal.approve":
            return row.is_accepted and json.loads(row.payload)["body"]["type"] in PUBLIC_TYPES
        return row.is_accepted and row.type in PUBLIC_TYPES and EVER[row.type].signers == 1
