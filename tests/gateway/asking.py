"""Everything that a market's gateway can be asked, by every route that its application has.

Routes are taken from the application itself, so that one added later is asked as well; one whose
path has a part that is not known here makes this fail.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy import select

from gateway.api.csv_files import ListName
from gateway.demo.trading import Trading
from gateway.device.signing import base64url
from gateway.projection import CommandRow
from gateway.projection.tables import commands
from gateway.web.rendering import STYLE_DIGEST
from tests.gateway.market import RECEIPT, ROLL_NUMBERS, Market
from tests.gateway.stage import Stage, command_json

# They open and close sessions, and answer with nothing else.
OF_SESSIONS = {"/enter", "/leave", "/api/sessions"}
WHENEVER = {"since": "2020-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}


def templates(router, method="GET", prefix=""):
    """Yield the path of every route that answers a method, included ones too."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)  # how FastAPI keeps what it includes
        if inner is not None:
            yield from templates(inner, method, prefix + route.include_context.prefix)
        elif method in route.methods:
            yield prefix + route.path


async def paths(stage: Stage, market: Market) -> list[str]:
    """Return every path that can be asked for with GET, with everything that there is."""
    known = {
        "lot": list(market.lots.values()),
        "recall": list(market.recalls.values()),
        "command": [row.id for row in await _commands(stage)],
        "kid": [person.device.kid for person in stage.town.people.values()],
        "code": ["LOT_NOT_FOUND"],
        "roll": [Trading(stage.town).roll("farm-a")["roll"]],
        "number": list(ROLL_NUMBERS),
        "list": [*ListName],
        "digest": [STYLE_DIGEST, "0" * len(STYLE_DIGEST)],
    }
    found = []
    for template in sorted(set(templates(stage.app))):
        names = re.findall(r"\{(\w+)\}", template)
        every = itertools.product(*(map(str, known[name]) for name in names))
        found += [template.format(**dict(zip(names, one, strict=True))) for one in every]
    return found


async def wishes(stage: Stage, market: Market, reader: str) -> list[tuple[str, dict]]:
    """Return (path, body) of everything that can be asked for with POST, and changes nothing.

    Commands are those on record, sent once more; dry runs are the reader's own, of every lot.
    """
    bodies = {
        "/api/commands": [{"commands": [_sent(row)]} for row in await _commands(stage)],
        "/api/dry-runs": [
            {"commands": [command_json(wire)]} for wire in _trials(stage, market, reader)
        ],
        "/api/other-crops": [{"words": "へべす"}],
        "/api/other-crops/names": [{"code": f"other-{'0' * 26}", "crop": "carrot"}],
        "/api/other-crops/erasures": [{"code": f"other-{'0' * 26}"}],
        "/api/recalls/scope": _scopes(stage, market),
        "/api/invitations": [
            {"actor": person.device.actor, "nonce": "0" * 32}
            for person in stage.town.people.values()
        ],
        "/api/sales/preparations": [{"receipts": [RECEIPT]}],
        "/api/sessions/challenge": [
            {"kid": person.device.kid} for person in stage.town.people.values()
        ],
        "/api/sessions/links": [{}],
    }
    assert set(templates(stage.app, "POST")) == bodies.keys() | OF_SESSIONS
    return [(path, body) for path, several in bodies.items() for body in several]


async def _commands(stage: Stage) -> Sequence[CommandRow]:
    def read(connection):
        query = select(commands).order_by(commands.c.block_number, commands.c.position)
        return [CommandRow.of(row) for row in connection.execute(query).mappings()]

    return await stage.gateway.projection.database.read(read)


def _sent(row: CommandRow) -> dict[str, str]:
    header = base64url(f'{{"alg":"ES256","kid":"{row.kid}","typ":"minori-command+jws"}}'.encode())
    jws = f"{header}.{base64url(row.payload.encode())}.{row.signature}"
    return {"jws": jws} | ({"closed": base64url(row.closed.encode())} if row.closed else {})


def _scopes(stage: Stage, market: Market) -> list[dict]:
    farms = [one for one in stage.town.people if one.startswith("farm-")]
    return [
        *({"lots": [lot]} for lot in market.lots.values()),
        *({"plot": stage.town.plots[farm], **WHENEVER} for farm in farms),
        *(
            {"producer": stage.person(farm).party, "crop": "carrot", **WHENEVER}
            for farm in (*farms, "packing-house")
        ),
    ]


def _trials(stage: Stage, market: Market, reader: str) -> Iterator[bytes]:
    """Yield what a reader might try of each lot, whosever it is; the device stands where it stood.

    Nobody is named whose name is private, for a dry run may say it again. A stranger tries in a
    farm's name.
    """
    handle = reader or "farm-a"
    people = dict(stage.town.people)
    device = people[handle].device
    copy = replace(device, seq=device.seq)
    people[handle] = replace(people[handle], device=copy)
    trade = Trading(replace(stage.town, people=people))
    for lot in market.lots.values():
        for owner in (None, "farm-a", "farm-b"):
            yield trade.take("sell", handle, lot, 1, owner=owner)
            yield trade.take("discard", handle, lot, 1, owner=owner)
            run = [(lot, owner or handle, [1])]
            yield trade.run(handle, "repack", run, [("carrot", None)])[1]
        for farm in ("farm-a", "farm-b"):
            yield trade.arrive(handle, lot, farm, 1)
        yield trade.deny(handle, lot, "packing-house", 1)
        yield trade.supplement(handle, lot, 1)
        yield trade.town.ship(handle, lot, "packing-house", 1)[1]
        yield trade.town.receive(handle, lot, market.shipment, 1)
