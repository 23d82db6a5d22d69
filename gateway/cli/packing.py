"""Bundles, bags and crates on the command line: `packs=24bag`, by the packing spec of that day.

Three ways to say it, as on a delivery slip: `packs=24bag` (the town's packing spec gives the
grams), `packs=24bag@300g` (one's own), `packs=24bag quantity_g=7.1kg` (weighed, the bags beside).
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from chaincode.base import times
from chaincode.base.canonical import Json
from gateway.cli.kinds import Kind
from gateway.cli.said import WORDS
from gateway.device.client import Client
from gateway.town.catalogue import PACK_UNITS, CatalogueFile, in_force
from gateway.words import SaidError

MASSES: Final = ("quantity_g", "counted_g", "received_g")  # what packs stand beside

_BY_SLIP = {slip: unit for unit, slip in PACK_UNITS.items()}
_PACKS = re.compile(r"([0-9]{1,7}) ?([a-z]+|[^\x00-\x7f]+)(?:@([0-9]{1,7})g?)?", re.ASCII)


class PackingError(SaidError):
    """Packs can't be read, or there is no spec for them; the message says what is expected."""


def read(text: str) -> dict[str, Json]:
    """Read `24bag`, `24袋` or `24bag@300g` as a `Packs` record.

    Raises:
        PackingError: It is none of these.
    """
    found = _PACKS.fullmatch(text)
    unit = _BY_SLIP.get(found[2], found[2]) if found else ""
    if found is None or unit not in PACK_UNITS:
        named = ", ".join(f"{slip} {unit}" for unit, slip in PACK_UNITS.items())
        raise PackingError(WORDS["packing.form"], text=text, named=named)
    packs: dict[str, Json] = {"unit": unit, "count": int(found[1])}
    return packs | ({"unit_g": int(found[3])} if found[3] else {})


def lacks_grams(kind: Kind, closed: dict[str, Json]) -> bool:
    """Whether packs were given, and neither what they weigh together nor what one does."""
    packs = closed.get("packs")
    return isinstance(packs, dict) and "unit_g" not in packs and _mass(kind) not in closed


def weigh(kind: Kind, closed: dict[str, Json], *, unit_g: int | None = None) -> dict[str, Json]:
    """Return the closed part with the grams that its packs come to, where none were given.

    Args:
        kind: Whose closed part it is.
        closed: As it was read.
        unit_g: What one weighs by the town's spec; `None`: as the packs themselves say.
    """
    packs, mass = closed.get("packs"), _mass(kind)
    if not isinstance(packs, dict) or mass in closed:
        return closed
    weighed = packs if unit_g is None else packs | {"unit_g": unit_g}
    count, grams = weighed["count"], weighed.get("unit_g")
    if not isinstance(count, int) or not isinstance(grams, int):
        return closed
    return {**closed, "packs": weighed, mass: count * grams}


def spec_g(
    client: Client, body: dict[str, Json], closed: dict[str, Json], *, event_time: int
) -> int:
    """Return what one of the packs weighed at a time, in grams, by the town's packing spec.

    Args:
        client: Asked for the catalogue, and for the crop where the command names only the lot.
        body: The open part, as far as it is known.
        closed: Has packs.
        event_time: When they were packed, seconds since 1970; the day is the town's.

    Raises:
        PackingError: The town has no spec for that crop, unit and day.
        ApiError: The gateway can't be asked.
    """
    packs = closed["packs"]
    assert isinstance(packs, dict)  # noqa: S101 - as `read` made it
    crop = body.get("crop") or closed.get("crop") or client.get(f"/api/lots/{body['lot']}")["crop"]
    founded = client.get("/api/ledger")["constitution"]
    day = times.local_date(event_time, founded["utc_offset_minutes"])
    catalogue = CatalogueFile.model_validate(client.get("/api/catalogue"))
    wanted = (crop, packs["unit"])
    spec = in_force((one for one in catalogue.packings if (one.crop, one.unit) == wanted), day)
    if spec is None:
        raise PackingError(
            WORDS["packing.no_spec"], crop=crop, unit=packs["unit"], day=day, count=packs["count"]
        )
    return spec.grams


def known_spec_g(me: Mapping[str, Any], crop: Json, unit: Json) -> int | None:
    """Return what one of the packs weighs by what `GET /api/me` said last, `None` if it did not."""
    specs = me["choices"]["packings"]
    return next((one["grams"] for one in specs if (one["crop"], one["unit"]) == (crop, unit)), None)


def _mass(kind: Kind) -> str:
    names = kind.closed["properties"] if kind.closed else {}
    return next((name for name in MASSES if name in names), "")
