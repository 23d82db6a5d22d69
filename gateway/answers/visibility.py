"""Who may see which field: one table, role by field. Every answer about records is cut by it.

The public never sees grams, yields, buyers, stock or other holders; a holder sees its own stock
and one step each way; whoever has goods with others on consignment sees every gram of those and
nothing else of theirs; a lot's producer sees what was found of it at others beyond what came, also
where it was bought; a command's content goes to its parties alone, unless its type is public,
and then everyone sees its open part. A field that is not in the table can't be answered at all.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who is looking: a party, `None` without a session, and the offices held there today."""

    party: str | None = None
    roles: frozenset[str] = frozenset()


NOBODY: Final = Viewer()


class Role(StrEnum):
    """What a reader is to a record."""

    PUBLIC = "public"  # everyone, with a session or without
    PRODUCER = "producer"  # the party that harvested the lot, or is named as that by a claim
    MAKER = "maker"  # the party that made the lot from others
    HOLDER = "holder"  # the party that holds, or held, some of it
    OWNER = "owner"  # the party whose goods lie there, with another
    SENDER = "sender"  # the party that shipped it
    RECIPIENT = "recipient"  # the party that it was shipped to
    PARTY = "party"  # whose it is: signed the command, was its principal, or is named by it
    AGENT = "agent"  # holds a mandate of whose it is
    DEVICE = "device"  # this very device
    RECALL_OFFICER = "recall-officer"  # may declare recalls
    INSPECTOR = "inspector"
    LAND_REGISTRAR = "land-registrar"
    REGISTRAR = "registrar"  # keeps the town's book, and so its list of crops


OFFICES: Final = (Role.RECALL_OFFICER, Role.INSPECTOR, Role.LAND_REGISTRAR, Role.REGISTRAR)

Readers: TypeAlias = frozenset[Role]

EVERYONE: Final[Readers] = frozenset({Role.PUBLIC})
PRODUCER: Final[Readers] = frozenset({Role.PRODUCER, Role.INSPECTOR})
GROWERS: Final[Readers] = PRODUCER | {Role.RECALL_OFFICER}
MAKER: Final[Readers] = frozenset({Role.MAKER, Role.INSPECTOR})
PRODUCERS: Final[Readers] = PRODUCER | MAKER
HOLDER: Final[Readers] = frozenset({Role.HOLDER})
OWN_GOODS: Final[Readers] = frozenset({Role.HOLDER, Role.OWNER})
WHOSE: Final[Readers] = frozenset({Role.PRODUCER, Role.MAKER, Role.OWNER})
CONCERNED: Final[Readers] = OWN_GOODS | PRODUCERS | {Role.RECALL_OFFICER}
BOTH_SIDES: Final[Readers] = frozenset({Role.SENDER, Role.RECIPIENT})
PARTIES: Final[Readers] = frozenset({Role.PARTY})
DEVICE: Final[Readers] = frozenset({Role.DEVICE})
OFFICERS: Final[Readers] = frozenset({Role.RECALL_OFFICER})
REGISTRARS: Final[Readers] = frozenset({Role.REGISTRAR})
KEYS: Final[Readers] = PARTIES | REGISTRARS  # oneself, and registrars of one's organisation
FLAGGED: Final[Readers] = frozenset({Role.INSPECTOR, Role.PARTY})
BOTH_OF_A_MANDATE: Final[Readers] = frozenset({Role.PARTY, Role.AGENT})
# Both sides' registrars besides, who keep the list and revoke from it.
KNOW_OF_A_MANDATE: Final[Readers] = BOTH_OF_A_MANDATE | REGISTRARS
# Names of plots hold surnames. A recall officer knows a plot by its pseudonym alone.
LAND: Final[Readers] = BOTH_OF_A_MANDATE | {Role.INSPECTOR, Role.LAND_REGISTRAR}
GRAMS_OF_A_STEP: Final[Readers] = frozenset({Role.MAKER, Role.OWNER, Role.RECALL_OFFICER})

Table: TypeAlias = Mapping[str, Readers]

LOT: Final[Table] = {
    "id": EVERYONE,
    "origin": EVERYONE,
    "crop": EVERYONE,
    "crop_name": EVERYONE,
    "grade": EVERYONE,
    "district": EVERYONE,
    "district_name": EVERYONE,
    "producer": EVERYONE,
    "producer_name": EVERYONE,
    "harvested_at": EVERYONE,
    "recorded_at": EVERYONE,
    "corrected_at": EVERYONE,
    "flags": EVERYONE,
    "is_denied": EVERYONE,
    "has_surplus": EVERYONE,
    "recalls": EVERYONE,
    "origins": EVERYONE,
    "has_more_origins": EVERYONE,
    "history": EVERYONE,
    "plot": GROWERS,
    "plot_code": PRODUCER,
    "plot_name": PRODUCER,
    "harvest_g": PRODUCER,
    "estimated": PRODUCER,
    "supplement_g": PRODUCER,
    "claimed_g": PRODUCERS,
    "denied_g": PRODUCERS,
    "made_g": MAKER,
    "holdings": OWN_GOODS,
    "shipments": BOTH_SIDES,
    "entries": PARTIES,
}

# Of a lot that someone received before its record, nothing is known but what that one says of
# another's goods: the public learns that the record has not arrived, and of recalls.
CLAIMED_LOT: Final[Table] = {
    **LOT,
    "crop": CONCERNED,
    "crop_name": CONCERNED,
    "producer": CONCERNED,
    "producer_name": CONCERNED,
    "harvested_at": CONCERNED,
    "is_denied": CONCERNED,
    "has_surplus": CONCERNED,
}

ORIGIN: Final[Table] = {  # an ancestor of a lot made from others
    "id": EVERYONE,
    "origin": EVERYONE,
    "crop": EVERYONE,
    "crop_name": EVERYONE,
    "district": EVERYONE,
    "district_name": EVERYONE,
    "producer": EVERYONE,
    "producer_name": EVERYONE,
    "harvested_at": EVERYONE,
    "is_computed": EVERYONE,
    "is_recalled": EVERYONE,
}

CLAIMED_ORIGIN: Final[Table] = {
    **ORIGIN,
    "crop": CONCERNED,
    "crop_name": CONCERNED,
    "producer": CONCERNED,
    "producer_name": CONCERNED,
    "harvested_at": CONCERNED,
}

HISTORY: Final[Table] = {  # an accepted public entry of a lot
    "id": EVERYONE,
    "type": EVERYONE,
    "event_time": EVERYONE,
    "ledger_time": EVERYONE,
    "block": EVERYONE,
    "flags": EVERYONE,
    "crop": EVERYONE,
    "district": EVERYONE,
    "harvested_at": EVERYONE,
    "reason": EVERYONE,
    "corrects": EVERYONE,
    "entered_by": EVERYONE,
    "entered_by_name": EVERYONE,
}

HOLDING: Final[Table] = {
    "lot": OWN_GOODS,
    "holder": OWN_GOODS,
    "holder_name": OWN_GOODS,
    "owner": OWN_GOODS,
    "owner_name": OWN_GOODS,
    "held_g": OWN_GOODS,
    "sold_g": OWN_GOODS,
    "discarded_g": OWN_GOODS,
    "own_use_g": OWN_GOODS,
    "transformed_g": OWN_GOODS,
    "lost_g": OWN_GOODS,
    "surplus_g": OWN_GOODS,
    "unproven_g": OWN_GOODS,
    "denied_g": OWN_GOODS,
    "is_on_hold": HOLDER,
}

SURPLUS: Final[Table] = {  # found by a holder of goods: to whose lot, and to whose goods it is
    "lot": WHOSE,
    "crop": WHOSE,
    "crop_name": WHOSE,
    "holder": WHOSE,
    "holder_name": WHOSE,
    "owner": WHOSE,
    "owner_name": WHOSE,
    "unproven_g": WHOSE,
    "gone_g": WHOSE,
    "is_denied": WHOSE,
}

SHIPMENT: Final[Table] = {
    "id": BOTH_SIDES,
    "lot": BOTH_SIDES,
    "crop": BOTH_SIDES,
    "crop_name": BOTH_SIDES,
    "direction": BOTH_SIDES,
    "state": BOTH_SIDES,
    "sender": BOTH_SIDES,
    "sender_name": BOTH_SIDES,
    "recipient": BOTH_SIDES,
    "recipient_name": BOTH_SIDES,
    "owner": BOTH_SIDES,
    "owner_name": BOTH_SIDES,
    "is_consigned": BOTH_SIDES,
    "shipped_g": BOTH_SIDES,
    "received_g": BOTH_SIDES,
    "disputed_g": BOTH_SIDES,
    "lost_g": BOTH_SIDES,
    "entry": BOTH_SIDES,
    "brought_by": BOTH_SIDES,
    "changed_at": BOTH_SIDES,
}

STEP: Final[Table] = {  # from a lot into one that was made of it
    "parent": EVERYONE,
    "child": EVERYONE,
    "is_computed": EVERYONE,
    "quantity_g": GRAMS_OF_A_STEP,
}

NODE: Final[Table] = {  # a lot of a drawn lineage; of a claimed one as of `CLAIMED_ORIGIN`
    **ORIGIN,
    "grade": EVERYONE,
    "level": EVERYONE,
}

CLAIMED_NODE: Final[Table] = {**CLAIMED_ORIGIN, "grade": EVERYONE, "level": EVERYONE}

RECALL: Final[Table] = {
    "id": EVERYONE,
    "party": EVERYONE,
    "party_name": EVERYONE,
    "state": EVERYONE,
    "is_own": EVERYONE,
    "kind": EVERYONE,
    "cause": EVERYONE,
    "scope": EVERYONE,
    "roots": EVERYONE,
    "cleared": EVERYONE,
    "roots_count": EVERYONE,
    "declared_at": EVERYONE,
    "entry": EVERYONE,
    "changed_at": EVERYONE,
    "confirm_by": EVERYONE,
    "history": EVERYONE,
}

RECALL_EVENT: Final[Table] = {
    "id": EVERYONE,
    "type": EVERYONE,
    "ledger_time": EVERYONE,
    "reason": EVERYONE,
    "explanation": EVERYONE,
    "roots_count": EVERYONE,
}

DRILL: Final[Table] = dict.fromkeys(RECALL, OFFICERS)  # never reaches the public

SCOPE: Final[Table] = {  # how far a recall reaches
    "seeds_count": OFFICERS,
    "roots": OFFICERS,
    "roots_count": OFFICERS,
    "unrecorded": OFFICERS,
    "crops": OFFICERS,
    "lots_count": OFFICERS,
    "affected": OFFICERS,
    "commands_needed": OFFICERS,
    "fits": OFFICERS,
    "limit": OFFICERS,
    "has_more_seeds": OFFICERS,
    "missing": OFFICERS,
    "extensions": OFFICERS,
    "left_out": OFFICERS,
    "has_more_left_out": OFFICERS,
    "uncertain": OFFICERS,
    "has_more_uncertain": OFFICERS,
}

AFFECTED: Final[Table] = {  # one party that has, or had, goods that a recall reaches
    "party": OFFICERS,
    "party_name": OFFICERS,
    "held_g": OFFICERS,
    "in_transit_g": OFFICERS,
    "disputed_g": OFFICERS,
    "sold_g": OFFICERS,
    "lots_count": OFFICERS,
}

LEFT_OUT: Final[Table] = {  # a lot that a preview by crop does not reach
    "id": OFFICERS,
    "crop": OFFICERS,
    "crop_name": OFFICERS,
    "crop_words": OFFICERS,
    "harvested_at": OFFICERS,
}

OTHER_CROP: Final[Table] = {  # a crop without a name yet, to who enters it and who names it
    "code": PARTIES | REGISTRARS,
    "words": PARTIES | REGISTRARS,
    "entered_at": REGISTRARS,
    "crop": REGISTRARS,
    "crop_name": REGISTRARS,
}

STICKER: Final[Table] = {"roll": EVERYONE, "number": EVERYONE, "lot": EVERYONE}

ROLL: Final[Table] = {  # of stickers, to whose it is
    "id": PARTIES,
    "first": PARTIES,
    "last": PARTIES,
    "ranges_count": PARTIES,
    "lot": PARTIES,
    "crop": PARTIES,
    "crop_name": PARTIES,
}

FLAG: Final[Table] = {  # something implausible: inspectors', and theirs whose entry it is
    "code": FLAGGED,
    "text": FLAGGED,
    "subject": FLAGGED,
    "party": FLAGGED,
    "party_name": FLAGGED,
    "entry": FLAGGED,
    "at": FLAGGED,
    "figures": FLAGGED,
}

COMMAND: Final[Table] = {  # of a type that is not public, or not accepted
    "id": EVERYONE,
    "status": EVERYONE,
    "code": EVERYONE,
    "flags": EVERYONE,
    "block": EVERYONE,
    "ledger_time": EVERYONE,
    "problem": EVERYONE,
    "awaits": PARTIES,
    "type": PARTIES,
    "jws": PARTIES,
    "payload": PARTIES,
    "closed": PARTIES,
    "closed_part": PARTIES,
}

PUBLIC_COMMAND: Final[Table] = {  # accepted, of a public type: the open part is everyone's
    **COMMAND,
    "type": EVERYONE,
    "jws": EVERYONE,
    "payload": EVERYONE,
}

OWN_PARTY: Final[Table] = {
    "id": PARTIES,
    "code": PARTIES,
    "name": PARTIES,
    "kind": PARTIES,
    "organisation": PARTIES,
    "organisation_title": PARTIES,
}

PERSON: Final[Table] = {  # a person or till, to its own party
    "id": PARTIES,
    "code": PARTIES,
    "is_me": PARTIES,
    "roles": PARTIES,
    "devices_count": PARTIES,
}

HOLDER_OF_KEYS: Final[Table] = {  # a person or till, to itself and to who may end its keys
    "actor": KEYS,
    "actor_code": KEYS,
    "is_me": KEYS,
    "party": KEYS,
    "party_code": KEYS,
    "party_name": KEYS,
    "organisation": KEYS,
    "roles": KEYS,
    "keys": KEYS,
}

KEY: Final[Table] = {
    "kid": KEYS,
    "kept": KEYS,
    "kept_text": KEYS,
    "is_further": KEYS,
    "is_this": KEYS,
    "enrolled_at": KEYS,
    "used_at": KEYS,
    "is_revoked": KEYS,
    "spared_until": KEYS,
}

MANDATE: Final[Table] = {
    "principal": KNOW_OF_A_MANDATE,
    "principal_code": KNOW_OF_A_MANDATE,
    "principal_party": KNOW_OF_A_MANDATE,
    "principal_party_code": KNOW_OF_A_MANDATE,
    "principal_party_name": KNOW_OF_A_MANDATE,
    "agent": KNOW_OF_A_MANDATE,
    "agent_code": KNOW_OF_A_MANDATE,
    "agent_party": KNOW_OF_A_MANDATE,
    "agent_party_code": KNOW_OF_A_MANDATE,
    "agent_party_name": KNOW_OF_A_MANDATE,
    "types": KNOW_OF_A_MANDATE,
    "since": KNOW_OF_A_MANDATE,
    "until": KNOW_OF_A_MANDATE,
    "is_valid": KNOW_OF_A_MANDATE,
    "principal_has_key": KNOW_OF_A_MANDATE,
}

PLOT: Final[Table] = {
    "id": LAND,
    "code": LAND,
    "name": LAND,
    "party": LAND,
    "party_name": LAND,
    "district": LAND,
    "district_name": LAND,
}

CONSIGNMENT: Final[Table] = {  # to its two sides
    "producer": PARTIES,
    "producer_name": PARTIES,
    "shop": PARTIES,
    "shop_name": PARTIES,
    "since": PARTIES,
    "until": PARTIES,
    "is_valid": PARTIES,
    "held_g": PARTIES,
}

CLAIM: Final[Table] = {  # goods that came without one, to who claims them and in whose name
    "lot": PARTIES,
    "holder": PARTIES,
    "holder_name": PARTIES,
    "producer": PARTIES,
    "producer_name": PARTIES,
    "crop": PARTIES,
    "claimed_g": PARTIES,
    "arrived_at": PARTIES,
}

PARTNER: Final[Table] = {"id": EVERYONE, "kind": EVERYONE, "name": EVERYONE}  # by published name

WAITING: Final[Table] = {  # to those who may approve or answer it, and so are parties to it
    "id": PARTIES,
    "type": PARTIES,
    "recall": PARTIES,
    "claim": PARTIES,
    "text": PARTIES,
    "follows": PARTIES,
    "proposed_at": PARTIES,
    "proposed_on": PARTIES,
    "expires": PARTIES,
    "actor": PARTIES,
    "on_behalf": PARTIES,
    "party": PARTIES,
    "party_name": PARTIES,
    "organisation": PARTIES,
    "organisation_title": PARTIES,
}

HEAD: Final[Table] = {"kid": DEVICE, "next": DEVICE, "prev": DEVICE, "revoked": DEVICE}


def cut(table: Table, record: Mapping[str, Value], roles: Collection[Role]) -> dict[str, Value]:
    """Return the fields of a record that a reader with these roles may see.

    Everyone has the role `PUBLIC` besides.

    Raises:
        KeyError: The record has a field that the table does not know: a bug, not an answer.
    """
    held = EVERYONE.union(roles)
    return {name: value for name, value in record.items() if table[name] & held}


def offices(viewer: Viewer) -> set[Role]:
    """Return the roles that a reader has towards every record."""
    return {role for role in OFFICES if role.value in viewer.roles}
