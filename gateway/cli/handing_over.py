"""The slip of an invitation that a registrar gives out at the command line."""

import os
from pathlib import Path
from typing import Any

from gateway.cli.on_record import Records
from gateway.device.client import Client
from gateway.device.keyring import Key
from gateway.invitations import Invitation
from gateway.invitations.addresses import address_for
from gateway.invitations.slip import Office, Slip
from gateway.town.catalogue import CatalogueFile
from gateway.town.vocabulary import ROLES
from gateway.words import Text


def slip(
    registrar: Key, invitation: Invitation, *, person: str, role: str, address: str, kept: str
) -> Slip:
    """Return what to hand to a person.

    Args:
        registrar: Whose gateway is asked for the town, its office and its addresses.
        invitation: What to print.
        person: What the office calls them.
        role: As what; empty for none.
        address: Where they reach the gateway; empty: as their organisation has it.
        kept: How the key is to be kept.

    Raises:
        ApiError: The gateway can't be asked.
    """
    with Client(registrar.address) as client:
        client.open_session(registrar)
        catalogue = CatalogueFile.model_validate(client.get("/api/catalogue"))
        organisation = client.get("/api/me")["party"]["organisation"]
        is_further = bool(keys_of(client, invitation.actor))
    town = catalogue.town
    return Slip(
        invitation=invitation,
        gateway=address
        or address_for(
            organisation=catalogue.addresses.get(organisation, ""),
            served=registrar.address,
            printed=town.address,
        ),
        person=person,
        kept=kept,
        is_further=is_further,
        role=Text(ROLES.get(role, role), role),
        office=Office(
            town=town.name,
            name=Text(town.office.ja, town.office.text("en")),
            phone=town.phone,
            hours=town.hours,
        ),
    )


def keys_of(client: Client, actor: str) -> list[dict[str, Any]]:
    """Return the keys that somebody has, as far as the session's registrar may know them."""
    holders = Records(client, "").holders()
    return [key for one in holders if one["actor"] == actor for key in one["keys"]]


def write(path: Path, paper: Slip) -> None:
    """Write a slip as a page to print, readable by its owner only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(paper.page())
