"""What a command names and an existing record says already is filled in; a person gives the rest.

A receipt names a shipment, and what the shipment says follows: its lot, whose the goods are. A
correction of a harvest keeps what stands. Where a record leaves several answers, the person is
shown them and asked. What is typed and contradicts the record is refused here, in words, for the
ledger could only answer that it knows no such thing.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import typer

from chaincode.base.canonical import Json
from gateway.cli import arguments, filling_keys, filling_runs
from gateway.cli.arguments import ArgumentError
from gateway.cli.kinds import Kind
from gateway.cli.on_record import Given, NotOnRecordError, Record, Records, Rule, one_of
from gateway.cli.said import WORDS
from gateway.device.client import ApiError, Client
from gateway.device.keyring import Key
from gateway.typed import member_names
from gateway.words import speaking

PATIENCE_S: Final = 5  # away from a line, one signs what was typed
_OUTFLOWS: Final = {"lot.sell": "sold", "lot.discard": "discarded", "lot.own_use": "own_use"}
_HARVESTS: Final = ("lot.harvest", "lot.correct_harvest")
_IN_FORCE: Final = ("unconfirmed", "confirmed")
_ARRIVED: Final = ("received", "disputed", "settled")


def fill(
    key: Key, kind: Kind, body: dict[str, Json], closed: dict[str, Json], *, party: str
) -> None:
    """Fill in, in place, what existing records determine, and tell the person.

    Args:
        key: Who asks.
        kind: The command's type.
        body: The open part, as far as it was typed.
        closed: The closed part, the same.
        party: Whose command it is: the key's own, or whom the key signs for. Of another's records
            the agent sees what it entered itself, and what is public.

    Raises:
        ArgumentError: A record contradicts what was typed, or leaves several answers; or what is
            named is not on record, and the command lacks something without it.
    """
    rule = RULES.get(kind.name)
    if rule is None or body.get("party", party) != party:
        return
    if party != key.party:
        speaking.say(WORDS["filling.for_another"], is_aside=True)
    given = Given(kind=kind, body=body, closed=closed)
    try:
        with Client(key.address, patience_s=PATIENCE_S) as client:
            client.open_session(key)
            rule(given, Records(client, party))
    except ArgumentError as error:
        is_unseen = isinstance(error, NotOnRecordError) or party != key.party
        if not is_unseen or arguments.missing(kind, body, closed):
            raise
        typer.echo(error.say(speaking.language()), err=True)
    except ApiError as error:
        speaking.say(
            WORDS["filling.not_asked"], is_aside=True, error=error.say(speaking.language())
        )
    for member, value in given.filled.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        speaking.say(WORDS["filling.filled"], member=member_names.label(member), value=shown)


def told(shipment: Mapping[str, Any]) -> str:
    """Return a shipment in words: what, how much, from or to whom, its lot and id."""
    side = "sender" if shipment["direction"] == "in" else "recipient"
    return WORDS[f"filling.shipment.{shipment['direction']}"].say(
        speaking.language(),
        crop=shipment["crop_name"],
        mass=mass(shipment["shipped_g"]),
        who=shipment[f"{side}_name"] or shipment[side],
        lot=shipment["lot"],
        id=shipment["id"],
    )


def mass(grams: int) -> str:
    """Return grams as a slip has them: 12.5 kg."""
    return f"{grams / 1_000:,.3f}".rstrip("0").rstrip(".") + " kg"


def shipment_of(given: Given, records: Records, states: tuple[str, ...], **side: str) -> Record:
    """Return the shipment that a command is about: the one named, or the only one it can be.

    Args:
        given: Its shipment or lot may be.
        records: The party's.
        states: Where an unnamed one may stand.
        side: `direction`, for `in` or `out` alone.

    Raises:
        ArgumentError: It is none of the party's, or there are several.
    """
    named, lot = given.get("shipment"), given.get("lot")
    if named is not None:
        found = next((one for one in records.shipments(**side) if one["id"] == named), None)
        if found is not None:
            return found
    fitting = [
        one
        for state in states
        for one in records.shipments(state=state, **side)
        if lot in {None, one["lot"]}
    ]
    if named is not None:
        listed = "\n".join(f"  {told(one)}" for one in fitting) or "  —"
        raise NotOnRecordError(WORDS["filling.no_shipment"], typed=named, listed=listed)
    return one_of(fitting, "filling.nothing_on_its_way", "filling.several_shipments", told)


def _receive(given: Given, records: Records) -> None:
    one = shipment_of(given, records, ("in_transit",), direction="in")
    _put_receipt(given, one)


def _correct_receipt(given: Given, records: Records) -> None:
    one = shipment_of(given, records, ("received", "disputed"), direction="in")
    _put_receipt(given, one)
    given.must_be("corrects", one["entry"])


def _put_receipt(given: Given, one: Record) -> None:
    given.put("shipment", one["id"])
    given.must_be("lot", one["lot"])
    given.must_be("owner", one["owner"] if one["is_consigned"] else None, default=one["recipient"])


def put_return(given: Given, one: Record) -> None:
    """Fill in what the return of a shipment repeats of it."""
    given.put("shipment", one["id"])
    given.must_be("lot", one["lot"])
    given.must_be("sender", one["sender"])
    is_others = one["owner"] != one["sender"]
    given.must_be("owner", one["owner"] if is_others else None, default=one["sender"])


def _return(given: Given, records: Records) -> None:
    put_return(given, shipment_of(given, records, ("in_transit",)))


def _send_back(given: Given, records: Records) -> None:
    """Fill in to whom bought goods go home: the sender of the shipment that brought them."""
    named, lot = given.get("brought_by"), given.get("lot")
    brought = [
        one
        for one in records.shipments(direction="in", **({"lot": str(lot)} if lot else {}))
        if named in {None, one["id"]} and (named is not None or _is_bought(one))
    ]
    if named is not None and not brought:
        raise NotOnRecordError(WORDS["filling.no_shipment"], typed=named, listed="  —")
    if len({(one["lot"], one["sender"]) for one in brought}) == 1:
        brought = brought[:1]  # of one lot from one sender, any of them says where home is
    one = one_of(brought, "filling.nothing_bought", "filling.several_brought", told)
    given.put("brought_by", one["id"])
    given.must_be("lot", one["lot"])
    given.must_be("recipient", one["sender"])


def _is_bought(one: Record) -> bool:
    return one["state"] in _ARRIVED and not one["is_consigned"] and one["brought_by"] is None


def _settle(given: Given, records: Records) -> None:
    one = shipment_of(given, records, ("disputed",))
    put_return(given, one)
    given.must_be("recipient", one["recipient"])
    given.must_be("consigned", one["is_consigned"] or None, default=False)
    shares = ("to_sender_g", "to_recipient_g", "lost_g")
    missing = [name for name in shares if given.get(name) is None]
    if len(missing) == 1:  # all of the difference goes somewhere, to the gram
        rest_g = one["disputed_g"] - sum(int(str(given.get(name) or 0)) for name in shares)
        given.put(missing[0], max(rest_g, 0))


def _correct_harvest(given: Given, records: Records) -> None:
    lot = records.lot(_lot(given))
    made = [one for one in lot["history"] if one["type"] in _HARVESTS]
    entries = [one for one in records.entries(lot["id"]) if one.get("type") in _HARVESTS]
    if not made or not (entries or "harvest_g" in lot):
        raise ArgumentError(WORDS["filling.not_your_harvest"], lot=lot["id"])
    latest = max(made, key=lambda one: one["ledger_time"])
    is_own = "harvest_g" in lot  # then every entry can be read, in the chain's order
    last = entries[0]["id"] if is_own and entries else latest["id"]
    given.must_be("corrects", last)
    entries = [one for one in entries[:1] if one["id"] == last]
    stands = _as_it_stands(lot, entries)
    for member in ("plot", "crop", "harvested_at", "estimated"):
        given.put(member, stands.get(member))
    if given.get("quantity_g") is None and given.get("packs") is None:
        given.put("quantity_g", stands.get("quantity_g"))
        given.put("packs", entries[0]["closed_part"].get("packs") if entries else None)


def _as_it_stands(lot: Record, entries: Sequence[Record]) -> Record:
    """Return a harvest as the lot's record has it; to an agent, as its own entry has it.

    Args:
        lot: As the reader may see it.
        entries: The last entry, if the reader may read it: an earlier one says nothing of what
            stands.
    """
    if "harvest_g" in lot:
        return {**lot, "quantity_g": lot["harvest_g"]}
    if not entries:
        return {member: lot.get(member) for member in ("crop", "harvested_at")}
    payload = entries[0]["payload"]
    return {"harvested_at": payload["event_time"], **payload["body"], **entries[0]["closed_part"]}


def _correct_arrival(given: Given, records: Records) -> None:
    lot = _lot(given)
    kinds = ("lot.arrive", "lot.correct_arrival")
    entries = [one for one in _own_entries(records, lot) if one["type"] in kinds]
    if not entries:
        raise ArgumentError(WORDS["filling.not_arrived"], lot=lot)
    given.put("producer", entries[0]["closed_part"]["producer"])
    if sum(one["type"] == "lot.arrive" for one in entries) > 1 and given.get("was_g") is None:
        listed = "\n".join(
            f"  {_when(one)}  {mass(one['closed_part']['counted_g'])}" for one in entries
        )
        raise ArgumentError(WORDS["filling.several_arrivals"], listed=listed)
    given.put("was_g", entries[0]["closed_part"]["counted_g"])


def _correct_outflow(given: Given, records: Records) -> None:
    lot = _lot(given)
    entries = list(_own_entries(records, lot))
    booked = [
        one
        for one in entries
        if one["type"] in _OUTFLOWS
        and given.get("corrects") in {None, one["id"]}
        and given.get("outflow") in {None, _OUTFLOWS[one["type"]]}
    ]
    one = one_of(
        booked,
        "filling.nothing_booked",
        "filling.several_booked",
        lambda each: (
            f"corrects={each['id']}  {_when(each)}  {each['type']}  "
            + mass(each["closed_part"]["quantity_g"])
        ),
    )
    given.put("corrects", one["id"])
    given.must_be("outflow", _OUTFLOWS[one["type"]])
    corrected = (each for each in entries if each["payload"]["body"].get("corrects") == one["id"])
    latest = next(corrected, one)
    given.put("was_g", latest["closed_part"]["quantity_g"])
    given.must_be("owner", one["closed_part"].get("owner"))


def _owner(given: Given, records: Records) -> None:
    """Fill in whose goods of a lot the party holds, where they are one other's."""
    if given.get("owner") is not None or given.get("lot") is None:
        return
    owners = _owners(given, records)
    if owners and records.party not in owners:
        given.put("owner", _one_owner(owners))


def _take_stock(given: Given, records: Records) -> None:
    """Fill in what stands on record: what was counted earlier is typed beside what stood then."""
    _owner(given, records)
    sides = (records.party, given.get("owner") or records.party)
    for one in records.lot(_lot(given)).get("holdings", []):
        if (one["holder"], one["owner"]) == sides:
            given.put("was_g", one["held_g"])


def _others_owner(given: Given, records: Records) -> None:
    if given.get("owner") is None:
        owners = _owners(given, records)
        owners.pop(records.party, None)
        if not owners:
            raise ArgumentError(WORDS["filling.nobodys"], lot=_lot(given))
        given.put("owner", _one_owner(owners))


def _owners(given: Given, records: Records) -> dict[str, str]:
    """Return whose goods of a lot the party holds, by pseudonym, with their names."""
    return {
        one["owner"]: one["owner_name"] or one["owner"]
        for one in records.lot(_lot(given)).get("holdings", [])
        if one["holder"] == records.party and one["held_g"]
    }


def _one_owner(owners: Mapping[str, str]) -> str:
    if len(owners) > 1:
        listed = "\n".join(f"  owner={owner}  {name}" for owner, name in owners.items())
        raise ArgumentError(WORDS["filling.several_owners"], listed=listed)
    return next(iter(owners))


def _deny(given: Given, records: Records) -> None:
    held = records.lot(_lot(given)).get("holdings", [])
    holders = {one["holder"]: one["holder_name"] for one in held if one["holder"] != records.party}
    if given.get("holder") is None and holders:
        if len(holders) > 1:
            listed = "\n".join(f"  holder={one}  {name}" for one, name in holders.items())
            raise ArgumentError(WORDS["filling.several_holders"], listed=listed)
        given.put("holder", next(iter(holders)))


def _recall(*states: str, is_waiting: bool = False) -> Rule:
    def rule(given: Given, records: Records) -> None:
        named = given.get("recall")
        found = [one for one in records.recalls() if named in {None, one["id"]}]
        if named is None:
            found = [one for one in found if one["state"] in states]
            found = [one for one in found if one["confirm_by"] or not is_waiting]
        elif not found:
            raise NotOnRecordError(WORDS["filling.no_recall"])
        one = one_of(
            found,
            "filling.no_recall",
            "filling.several_recalls",
            lambda each: f"recall={each['id']}  {each['state']}  {each['kind']}  {each['cause']}",
        )
        given.put("recall", one["id"])
        if "entry" in _members(given.kind):
            given.must_be("entry", one["entry"])

    return rule


def _crops(given: Given, records: Records) -> None:
    """Fill in what the lots are that a recall names, as far as they are on record."""
    roots = given.get("roots")
    if given.get("crops") is None and isinstance(roots, list):
        given.put("crops", records.crops(roots) or None)


def _widen(given: Given, records: Records) -> None:
    if given.get("recall") is None:  # one that is proposed may be widened before it is in force
        _recall(*_IN_FORCE)(given, records)
    _crops(given, records)


def _lot(given: Given) -> str:
    lot = given.get("lot")
    if lot is None:
        raise ArgumentError(WORDS["filling.which_lot"], type=given.kind.name)
    return str(lot)


def _own_entries(records: Records, lot: str) -> Iterator[Record]:
    for one in records.entries(lot):
        if one["payload"]["body"].get("party") == records.party:
            yield one


def _when(entry: Mapping[str, Any]) -> str:
    return str(entry["payload"]["event_time"])


def _members(kind: Kind) -> list[str]:
    return list(kind.body["properties"])


RULES: Final[Mapping[str, Rule]] = {
    "lot.receive": _receive,
    "lot.correct_receipt": _correct_receipt,
    "lot.return": _return,
    "lot.send_back": _send_back,
    "lot.settle": _settle,
    "lot.correct_harvest": _correct_harvest,
    "lot.correct_arrival": _correct_arrival,
    "lot.correct_outflow": _correct_outflow,
    **dict.fromkeys(("lot.sell", "lot.discard", "lot.own_use"), _owner),
    "lot.take_stock": _take_stock,
    **dict.fromkeys(("lot.ship", "lot.hold", "lot.release"), _owner),
    "lot.take_back": _others_owner,
    "lot.deny_claim": _deny,
    "lot.unmake": filling_runs.unmake,
    "lot.undo_class": filling_runs.undo_class,
    "lot.undo_sort": filling_runs.undo_sort,
    **dict.fromkeys(("key.revoke", "key.revoke_jointly"), filling_keys.revoke),
    **dict.fromkeys(("actor.grant", "auditor.grant"), filling_keys.reached),
    "recall.confirm": _recall(*_IN_FORCE, is_waiting=True),
    **dict.fromkeys(
        ("recall.lift", "recall.close", "recall.extend", "recall.clear"), _recall(*_IN_FORCE)
    ),
    **dict.fromkeys(("recall.declare", "recall.drill"), _crops),
    "recall.widen": _widen,
}
