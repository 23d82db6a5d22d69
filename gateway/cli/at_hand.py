"""What a person may mean by a number: what waits to be sent, and what the gateway lists."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from chaincode.base import times
from chaincode.base.canonical import Json
from chaincode.base.envelope import FIRST_PREVIOUS
from gateway.cli.choosing import Candidate
from gateway.cli.own_choices import terms
from gateway.cli.said import WORDS
from gateway.device.client import ApiError, Client
from gateway.device.keyring import Key, command_id_of, payload_of
from gateway.words import keeping
from gateway.words.language import LANGUAGES, Language

PAGES_MAX: Final = 5  # of a hundred each

ROOTS_MAX: Final = 3  # lots of a recall, which name it

HOLDER_PAGES_MAX: Final = 100

SENT_AT_ONCE: Final = 20  # commands of a key that are looked at before it is said what is found
SENT_PAGES_MAX: Final = 10

_IN_FORCE: Final = ("unconfirmed", "confirmed")
_RECALLED: Final = "recall.declare"  # what kind and cause of any recall are called
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
        listed = _pages(client, path, "lots", asked)
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
        listed = _pages(client, "/api/shipments", "shipments", asked)
        yield [_shipment(one, me) for one in listed]


def coming_lots(client: Client, me: Me) -> Iterator[list[Candidate]]:
    """Yield the lots that are on their way to oneself, then whatever lots one has to do with.

    Raises:
        ApiError: The gateway can't be asked.
    """
    asked = {"direction": "in", "state": "in_transit"}
    coming = {one["lot"]: one for one in _pages(client, "/api/shipments", "shipments", asked)}
    yield [_coming(one, me) for one in coming.values()]
    yield from listed_lots(client, me)


def listed_recalls(client: Client, me: Me) -> Iterator[list[Candidate]]:
    """Yield the recalls in force, then all others that one may know of.

    Raises:
        ApiError: The gateway can't be asked.
    """
    every = list(_pages(client, "/api/recalls", "recalls"))
    for in_force in (True, False):
        listed = [one for one in every if (one["state"] in _IN_FORCE) is in_force]
        yield [_recall(one, _roots(client, one["id"]) if in_force else (), me) for one in listed]


def listed_rolls(client: Client, me: Me) -> Iterator[list[Candidate]]:
    """Yield one's rolls of stickers.

    Raises:
        ApiError: The gateway can't be asked.
    """
    yield [_roll(one, me) for one in _pages(client, "/api/rolls", "rolls")]


def listed_proposals(client: Client, _me: Me) -> Iterator[list[Candidate]]:
    """Yield what one has proposed and another has not signed yet.

    Raises:
        ApiError: The gateway can't be asked.
    """
    yield [proposal(one) for one in client.get("/api/me/proposed")["waiting"]]


def listed_keys(client: Client, me: Me) -> Iterator[list[Candidate]]:
    """Yield the keys that one may end: one's own, and as a registrar those of the organisation.

    Raises:
        ApiError: The gateway can't be asked.
    """
    holders = _pages(client, "/api/devices", "holders", pages_max=HOLDER_PAGES_MAX)
    yield [_key(key, holder, me) for holder in holders for key in holder["keys"]]


def sent_commands(key: Key, client: Client, me: Me) -> Iterator[list[Candidate]]:
    """Yield what a key has signed, the latest first: what waits, then what the gateway has.

    Every command names the one before it of its device, so the last leads to all others.

    Raises:
        ApiError: The gateway can't be asked.
    """
    waiting = [(command_id_of(wire), payload_of(wire)) for wire in reversed(key.queue)]
    yield [_command(one, payload, me) for one, payload in waiting]
    before = str(waiting[-1][1]["prev"]) if waiting else key.device.prev
    for _ in range(SENT_PAGES_MAX):
        listed: list[Candidate] = []
        while before != FIRST_PREVIOUS and len(listed) < SENT_AT_ONCE:
            payload = client.get(f"/api/commands/{before}").get("payload")
            if payload is None:  # taken in, and not on record yet
                yield listed
                return
            listed.append(_command(before, payload, me))
            before = payload["prev"]
        yield listed


def _command(command: str, payload: Mapping[str, Any], me: Me) -> Candidate:
    _, _, date = _days(str(payload["event_time"]), me)
    return Candidate(
        value=command,
        labels=(),
        ja=f"{date} {payload['type']}",
        en=f"{date} {payload['type']}",
    )


def proposal(one: Me) -> Candidate:
    """Return what waits for a signature, called by its own words."""
    return Candidate(value=one["id"], labels=(one["text"],), ja=one["text"], en=one["text"])


def _roots(client: Client, recall: str) -> list[Me]:
    """Return the first lots of a recall, as far as one may know them."""
    found = []
    for lot in client.get(f"/api/recalls/{recall}")["roots"][:ROOTS_MAX]:
        with contextlib.suppress(ApiError):  # one that is not on record yet
            found.append(client.get(f"/api/lots/{lot}"))
    return found


def _recall(one: Me, roots: Iterable[Me], me: Me) -> Candidate:
    kind, cause = (_term(_RECALLED, member, one[member]) for member in ("kind", "cause"))
    crops = [_names(me["choices"]["crops"], lot["crop"]) for lot in roots if lot.get("crop")]
    farms = [name for lot in roots if (name := lot.get("producer_name"))]
    days = _days(one["changed_at"], me)
    said = []
    for place, day in enumerate((days[1], days[2])):
        goods = dict.fromkeys([*(crop[place] for crop in crops), *farms])
        said.append(" ".join([day, kind[place], cause[place], *goods]))
    labels = [text for pair in (kind, cause, *crops) for text in pair]
    return Candidate(
        value=one["id"],
        labels=(one["kind"], one["cause"], *labels, *farms, *days),
        ja=said[0],
        en=said[1],
    )


def _roll(one: Me, me: Me) -> Candidate:
    crop = _names(me["choices"]["crops"], one["crop"])
    return Candidate(
        value=one["id"],
        labels=(one["lot"], one["crop"], *crop),
        ja=f"シール {one['first']:,}〜{one['last']:,}番 {crop[0]}",
        en=f"stickers {one['first']:,} to {one['last']:,}, {crop[1]}",
    )


def _coming(one: Me, me: Me) -> Candidate:
    crop = _names(me["choices"]["crops"], one["crop"])
    names = _party_names(me, one["sender"])
    grams = f"{one['shipped_g']:,} g"
    return Candidate(
        value=one["lot"],
        labels=(one["id"], one["crop"], *crop, *names),
        ja=f"{crop[0]} {grams} ← {names[0]}",
        en=f"{crop[1]} {grams} ← {names[1]}",
    )


def _key(key: Me, holder: Me, me: Me) -> Candidate:
    """Return a key, called by whose it is, how it is kept, and the days of its use."""
    since, used = (_days(key[at] or "", me) for at in ("enrolled_at", "used_at"))
    name = holder["party_name"] or {}
    codes = [code for code in (holder["actor_code"], holder["party_code"]) if code]
    said = {}
    for language in LANGUAGES:
        roles = [one["name"][language] for one in holder["roles"]]
        until = key["spared_until"]
        parts = [*codes, name.get(language) or "", *roles, key["kept_text"][language]]
        parts.append(_said("since", language, since[2]))
        parts.append(_said("used", language, used[2]) if used[2] else _said("never", language))
        parts.append(_said("revoked", language, until) if until else "")
        said[language] = " ".join(filter(None, parts))
    labels = [*codes, holder["actor"], holder["party"], *name.values(), key["kept"]]
    kind = keeping.word(keeping.kind_of(key["kept"]))
    roles = [text for one in holder["roles"] for text in one["name"].values()]
    return Candidate(
        value=key["kid"],
        labels=(*labels, kind.ja, kind.en, *roles, *since, *used),
        ja=said["ja"],
        en=said["en"],
    )


def _said(word: str, language: Language, day: str = "") -> str:
    return WORDS[f"at_hand.key.{word}"].say(language, day=day or "—")


def _term(type_name: str, member: str, word: str) -> tuple[str, str]:
    """Return what a word of the contract is called, in Japanese and English; else itself."""
    found = next((one for one in terms(type_name, member) if one.value == word), None)
    return (found.ja, found.en) if found else (word, word)


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
    days = _days(moment, me)
    known = next((one for one in me["plots"] if one["id"] == plot), None)
    place = (known["code"] or "", known["name"] or "") if known else ("", "")
    held = "" if held_g is None else f" {held_g:,} g"
    return Candidate(
        value=lot,
        labels=(crop, *names, *days, *place),
        ja=" ".join(filter(None, (names[0], days[1], *place))) + held,
        en=" ".join(filter(None, (names[1], days[2], *place))) + held,
    )


def _pages(
    client: Client,
    path: str,
    member: str,
    asked: Mapping[str, str] = MappingProxyType({}),
    *,
    pages_max: int = PAGES_MAX,
) -> Iterator[Me]:
    query = {"limit": "100", **asked}
    for _ in range(pages_max):
        page = client.get(path, **query)
        yield from page[member]
        if not page["next"]:
            return
        query["cursor"] = page["next"]


def _days(moment: str, me: Me) -> tuple[str, str, str]:
    """Return what people call the town's day of a moment; empty texts for no moment."""
    if not moment:
        return ("", "", "")
    date = times.local_date(times.seconds(moment), me["utc_offset_minutes"])
    day = datetime.fromisoformat(date)
    return (f"{day.month}/{day.day}", f"{day.month}月{day.day}日", date)


def _names(choices: list[Mapping[str, Any]], code: str) -> tuple[str, str]:
    """Return what a code is called, in Japanese and English; else itself."""
    named = next((one["name"] for one in choices if one["code"] == code), None)
    return (named["ja"], named["en"]) if named else (code, code)


def _party_names(me: Me, party: str) -> tuple[str, str]:
    named = next((one["name"] for one in me["partners"] if one["id"] == party), None)
    return (named["ja"], named["en"]) if named else (party, party)
