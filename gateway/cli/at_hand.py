"""Lots and shipments that a person may mean: what waits to be sent, and what the gateway lists."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from chaincode.base import times
from chaincode.base.canonical import Json
from gateway.cli.choosing import Candidate
from gateway.cli.client import Client
from gateway.cli.keyring import Key, payload_of

PAGES_MAX: Final = 5  # of a hundred each

_STARTS: Final = frozenset({"lot.harvest", "lot.open"})  # types that begin a lot of one's own

Me = dict[str, Any]


def waiting_lots(key: Key, me: Me) -> Iterator[Candidate]:
    """Yield the lots that the commands which wait to be sent begin."""
    for wire in key.queue:
        payload = payload_of(wire)
        body = payload["body"]
        if payload["type"] in _STARTS and isinstance(body, dict):
            moment = str(body.get("harvested_at", payload["event_time"]))
            yield _lot(str(body["lot"]), str(body["crop"]), moment, body.get("plot"), None, me)


def listed_lots(client: Client, me: Me) -> Iterator[list[Candidate]]:
    """Yield the lots that one holds, then those with others, then whatever else one harvested.

    Raises:
        ApiError: The gateway can't be asked.
    """
    for path, asked in (
        ("/api/lots", {"has_stock": "true"}),
        ("/api/consignments", {"has_stock": "true"}),
        ("/api/lot-book", {}),
    ):
        listed = _pages(client, path, "lots", **asked)
        yield [
            _lot(
                one["id"],
                one.get("crop") or "",
                one.get("harvested_at") or "",
                one.get("plot"),
                sum(holding["held_g"] for holding in one.get("holdings") or ()),
                me,
            )
            for one in listed
        ]


def listed_shipments(client: Client, me: Me) -> Iterator[list[Candidate]]:
    """Yield one's shipments: those on their way to oneself, then all others.

    Raises:
        ApiError: The gateway can't be asked.
    """
    for asked in ({"direction": "in", "state": "in_transit"}, {}):
        listed = _pages(client, "/api/shipments", "shipments", **asked)
        yield [_shipment(one, me) for one in listed]


def _shipment(one: Me, me: Me) -> Candidate:
    names = _party_names(me, one["sender"] if one["direction"] == "in" else one["recipient"])
    crop = _names(me["choices"]["crops"], one["crop"])
    arrow = "←" if one["direction"] == "in" else "→"
    return Candidate(
        value=one["id"],
        labels=(one["lot"], one["crop"], *crop, *names),
        ja=f"{crop[0]} {one['shipped_g']:,} g {arrow} {names[0]}",
        en=f"{crop[1]} {one['shipped_g']:,} g {arrow} {names[1]}",
    )


def _lot(lot: str, crop: str, moment: str, plot: Json, held_g: int | None, me: Me) -> Candidate:
    names = _names(me["choices"]["crops"], crop)
    local = _local(moment, me["utc_offset_minutes"])
    days = (
        (f"{local.month}/{local.day}", f"{local.month}月{local.day}日", local.date().isoformat())
        if local
        else ("",) * 3
    )
    known = next((one for one in me["plots"] if one["id"] == plot), None)
    place = (known["code"] or "", known["name"] or "") if known else ("", "")
    held = "" if held_g is None else f" {held_g:,} g"
    return Candidate(
        value=lot,
        labels=(crop, *names, *days, *place),
        ja=" ".join(filter(None, (names[0], days[1], *place))) + held,
        en=" ".join(filter(None, (names[1], days[2], *place))) + held,
    )


def _pages(client: Client, path: str, member: str, **asked: str) -> Iterator[Me]:
    query = {"limit": "100", **asked}
    for _ in range(PAGES_MAX):
        page = client.get(path, **query)
        yield from page[member]
        if not page["next"]:
            return
        query["cursor"] = page["next"]


def _local(moment: str, utc_offset_minutes: int) -> datetime | None:
    if not moment:
        return None
    return datetime.fromisoformat(times.local_date(times.seconds(moment), utc_offset_minutes))


def _names(choices: list[Mapping[str, Any]], code: str) -> tuple[str, str]:
    """Return what a code is called, in Japanese and English; else itself."""
    named = next((one["name"] for one in choices if one["code"] == code), None)
    return (named["ja"], named["en"]) if named else (code, code)


def _party_names(me: Me, party: str) -> tuple[str, str]:
    named = next((one["name"] for one in me["partners"] if one["id"] == party), None)
    return (named["ja"], named["en"]) if named else (party, party)
