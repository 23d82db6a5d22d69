"""What is asked back of commands before they are signed, as an answer (`plausibility.goods`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from chaincode.base import times
from chaincode.base.canonical import Json
from chaincode.base.envelope import Command
from gateway.lookups import lots
from gateway.lookups.people import find_founding
from gateway.plausibility import Doubt, doubts, text_of
from gateway.town.catalogue import CatalogueFile
from gateway.town.names import Names
from gateway.words.language import Language

Answer = dict[str, Any]


def of_commands(
    connection: Connection, commands: Sequence[Command], catalogue: CatalogueFile, party: str
) -> list[list[Doubt]]:
    """Return what is asked back of each command, in order.

    Args:
        connection: To the tables.
        commands: To be tried.
        catalogue: With every crop and class that has a name.
        party: Whose they are: of another's lot that is only claimed the crop is not told.
    """
    founding = find_founding(connection)
    offset = founding[0].utc_offset_minutes if founding else 0
    named = sorted({str(one.body["lot"]) for one in commands if "lot" in one.body})
    crops = {
        lot.id: lot.crop
        for lot in lots.find_all(connection, named).values()
        if lot.origin != "claim" or lot.party == party
    }
    found = []
    for one in commands:
        lot, closed = str(one.body.get("lot", "")), one.closed or {}
        crops |= _crops_said(one.body)
        found.append(
            doubts(
                one.type,
                one.body,
                closed,
                catalogue=catalogue,
                day=times.local_date(one.event_time, offset),
                crop=crops.get(lot, ""),
            )
        )
    return found


def answers(found: Sequence[Doubt], names: Names, language: Language) -> list[Answer]:
    """Return doubts about one command as warnings, with names beside the choices."""
    return [
        {
            "code": one.code,
            "member": one.member,
            "text": text_of(one, language, names.of_figures(one.figures, language)),
            "choices": list(one.choices),
        }
        for one in found
    ]


def _crops_said(body: Mapping[str, Json]) -> dict[str, str]:
    """Return the crops of lots that a command makes, for those tried after it."""
    children = body.get("children")
    made = [body, *(children if isinstance(children, list) else [])]
    return {
        str(one["lot"]): str(one["crop"])
        for one in made
        if isinstance(one, dict) and "lot" in one and "crop" in one
    }
