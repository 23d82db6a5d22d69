"""The one table of who sees what: its whole content, once more, and the knife itself."""

import pytest

from gateway.answers import visibility
from gateway.answers.visibility import Role, Viewer, cut, offices

GROWER_G = {"harvest_g", "estimated", "supplement_g", "claimed_g", "denied_g"}
HELD = {
    *("lot", "holder", "holder_name", "owner", "owner_name", "held_g", "sold_g", "discarded_g"),
    *("own_use_g", "transformed_g", "lost_g", "surplus_g", "unproven_g", "denied_g"),
}
SHIPMENT = {
    *("id", "lot", "crop", "crop_name", "direction", "state", "entry", "changed_at"),
    *("sender", "sender_name", "recipient", "recipient_name", "owner", "owner_name"),
    *("is_consigned", "shipped_g", "received_g", "disputed_g", "lost_g", "brought_by"),
}
SURPLUS = {
    *("lot", "crop", "crop_name", "holder", "holder_name", "owner", "owner_name"),
    *("unproven_g", "gone_g", "is_denied"),
}
PLOT_OF_A_LOT = {"plot", "plot_code", "plot_name"}
LOT_OF = {
    Role.PRODUCER: GROWER_G | PLOT_OF_A_LOT,
    Role.INSPECTOR: GROWER_G | PLOT_OF_A_LOT | {"made_g"},
    Role.RECALL_OFFICER: {"plot"},
    Role.MAKER: {"made_g", "claimed_g", "denied_g"},
    Role.HOLDER: {"holdings"},
    Role.OWNER: {"holdings"},
    Role.SENDER: {"shipments"},
    Role.RECIPIENT: {"shipments"},
    Role.PARTY: {"entries"},
}
FLAG = {"code", "text", "subject", "party", "party_name", "entry", "at", "figures"}
MANDATE = {
    *("principal", "principal_code", "principal_party", "principal_party_code"),
    *("principal_party_name", "agent", "agent_code", "agent_party", "agent_party_code"),
    *("agent_party_name", "types", "since", "until", "is_valid", "principal_has_key"),
}
HOLDER_OF_KEYS = {
    *("actor", "actor_code", "is_me", "party", "party_code", "party_name"),
    *("organisation", "roles", "keys"),
}
KEY = {
    *("kid", "kept", "kept_text", "is_further", "is_this"),
    *("enrolled_at", "used_at", "is_revoked", "spared_until"),
}
PLOT = {"id", "code", "name", "party", "party_name", "district", "district_name"}
SIDES = {"producer", "producer_name"}
CONSIGNMENT = SIDES | {"shop", "shop_name", "since", "until", "is_valid", "held_g"}
CLAIM = SIDES | {"lot", "holder", "holder_name", "crop", "claimed_g", "arrived_at"}
NAMED = {"crop", "crop_name", "producer", "producer_name", "harvested_at"}
CONCERNED = (
    *(Role.PRODUCER, Role.MAKER, Role.HOLDER, Role.OWNER),
    *(Role.RECALL_OFFICER, Role.INSPECTOR),
)
# For each table, the fields that anyone but these roles must never get. A change here is a change
# of what Minori promises to farmers and shops.
PRIVATE = {
    "LOT": LOT_OF,
    "CLAIMED_LOT": LOT_OF
    | {role: LOT_OF.get(role, set()) | NAMED | {"is_denied", "has_surplus"} for role in CONCERNED},
    "ORIGIN": {},
    "CLAIMED_ORIGIN": dict.fromkeys(CONCERNED, NAMED),
    "NODE": {},
    "CLAIMED_NODE": dict.fromkeys(CONCERNED, NAMED),
    "STEP": {role: {"quantity_g"} for role in (Role.MAKER, Role.OWNER, Role.RECALL_OFFICER)},
    "HISTORY": {},
    "HOLDING": {Role.HOLDER: HELD | {"is_on_hold"}, Role.OWNER: HELD},
    "SURPLUS": dict.fromkeys((Role.PRODUCER, Role.MAKER, Role.OWNER), SURPLUS),
    "SHIPMENT": dict.fromkeys((Role.SENDER, Role.RECIPIENT), SHIPMENT),
    "RECALL": {},
    "RECALL_EVENT": {},
    "DRILL": {Role.RECALL_OFFICER: set(visibility.RECALL)},
    "SCOPE": {
        Role.RECALL_OFFICER: {
            *("seeds_count", "roots", "roots_count", "crops", "lots_count", "affected"),
            *("commands_needed", "unrecorded"),
            *("fits", "limit", "has_more_seeds", "missing", "extensions"),
            *("left_out", "has_more_left_out", "uncertain", "has_more_uncertain"),
        }
    },
    "LEFT_OUT": {
        Role.RECALL_OFFICER: {"id", "crop", "crop_name", "crop_words", "harvested_at"},
    },
    "OTHER_CROP": {
        Role.PARTY: {"code", "words"},
        Role.REGISTRAR: {"code", "words", "entered_at", "crop", "crop_name"},
    },
    "ROLL": {Role.PARTY: {"id", "first", "last", "ranges_count", "lot", "crop", "crop_name"}},
    "AFFECTED": {
        Role.RECALL_OFFICER: {
            *(
                "party",
                "party_name",
                "held_g",
                "in_transit_g",
                "disputed_g",
                "sold_g",
                "lots_count",
            ),
        }
    },
    "STICKER": {},
    "FLAG": dict.fromkeys((Role.INSPECTOR, Role.PARTY), FLAG),
    "COMMAND": {Role.PARTY: {"awaits", "type", "jws", "payload", "closed", "closed_part"}},
    "PUBLIC_COMMAND": {Role.PARTY: {"awaits", "closed", "closed_part"}},
    "WAITING": {
        Role.PARTY: {
            *(
                "id",
                "type",
                "recall",
                "claim",
                "text",
                "follows",
                "proposed_at",
                "proposed_on",
                "expires",
            ),
            *("actor", "on_behalf", "party", "party_name", "organisation"),
            "organisation_title",
        }
    },
    "OWN_PARTY": {Role.PARTY: {"id", "code", "name", "kind", "organisation", "organisation_title"}},
    "PERSON": {Role.PARTY: {"id", "code", "is_me", "roles", "devices_count"}},
    "HOLDER_OF_KEYS": dict.fromkeys((Role.PARTY, Role.REGISTRAR), HOLDER_OF_KEYS),
    "KEY": dict.fromkeys((Role.PARTY, Role.REGISTRAR), KEY),
    "MANDATE": dict.fromkeys((Role.PARTY, Role.AGENT, Role.REGISTRAR), MANDATE),
    "PLOT": dict.fromkeys(
        (Role.PARTY, Role.AGENT, Role.INSPECTOR, Role.LAND_REGISTRAR),
        PLOT,
    ),
    "PARTNER": {},
    "CONSIGNMENT": {Role.PARTY: CONSIGNMENT},
    "CLAIM": {Role.PARTY: CLAIM},
    "HEAD": {Role.DEVICE: {"kid", "next", "prev", "revoked"}},
}
ORIGIN = {
    *("id", "origin", "crop", "crop_name", "district", "district_name"),
    *("producer", "producer_name", "harvested_at", "is_computed", "is_recalled"),
}
LOT = {
    *("id", "origin", "crop", "crop_name", "grade", "district", "district_name"),
    *("producer", "producer_name", "harvested_at", "recorded_at", "corrected_at", "flags"),
    *("is_denied", "has_surplus", "recalls", "origins", "has_more_origins", "history"),
}
PUBLIC = {
    "LOT": LOT,
    "CLAIMED_LOT": LOT - NAMED - {"is_denied", "has_surplus"},
    "ORIGIN": ORIGIN,
    "CLAIMED_ORIGIN": ORIGIN - NAMED,
    "NODE": ORIGIN | {"grade", "level"},
    "CLAIMED_NODE": ORIGIN - NAMED | {"grade", "level"},
    "STEP": {"parent", "child", "is_computed"},
    "HISTORY": {
        *("id", "type", "event_time", "ledger_time", "block", "flags", "crop", "district"),
        *("harvested_at", "reason", "corrects", "entered_by", "entered_by_name"),
    },
    "HOLDING": set(),
    "SURPLUS": set(),
    "SHIPMENT": set(),
    "RECALL": {
        *("id", "party", "party_name", "state", "is_own", "kind", "cause", "scope", "roots"),
        *("roots_count", "declared_at", "entry", "changed_at", "confirm_by", "history"),
        "cleared",
    },
    "RECALL_EVENT": {"id", "type", "ledger_time", "reason", "explanation", "roots_count"},
    "DRILL": set(),
    "SCOPE": set(),
    "AFFECTED": set(),
    "LEFT_OUT": set(),
    "OTHER_CROP": set(),
    "ROLL": set(),
    "STICKER": {"roll", "number", "lot"},
    "FLAG": set(),
    "COMMAND": {"id", "status", "code", "flags", "block", "ledger_time", "problem"},
    "PUBLIC_COMMAND": {
        *("id", "status", "code", "flags", "block", "ledger_time", "problem"),
        *("type", "jws", "payload"),
    },
    "OWN_PARTY": set(),
    "PERSON": set(),
    "HOLDER_OF_KEYS": set(),
    "KEY": set(),
    "MANDATE": set(),
    "PLOT": set(),
    "PARTNER": {"id", "kind", "name"},
    "CONSIGNMENT": set(),
    "CLAIM": set(),
    "WAITING": set(),
    "HEAD": set(),
}
TABLES = {name: getattr(visibility, name) for name in PUBLIC}
CELLS = [(name, role, field) for name in sorted(PUBLIC) for role in Role for field in TABLES[name]]


def test_every_table_is_listed_here():
    is_table = {
        name
        for name, value in vars(visibility).items()
        if name.isupper() and isinstance(value, dict)
    }
    assert is_table == set(PUBLIC)


@pytest.mark.parametrize(("name", "role", "field"), CELLS)
def test_a_role_sees_a_field_or_does_not(name, role, field):
    is_seen = field in cut(TABLES[name], {field: 1}, {role})
    assert is_seen == (field in PUBLIC[name] | PRIVATE[name].get(role, set()))


def test_nothing_is_listed_here_that_no_table_has():
    for name, table in TABLES.items():
        listed = PUBLIC[name].union(*PRIVATE[name].values())
        assert listed == set(table), name


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_nothing_about_grams_is_everyones(name):
    assert {field for field in PUBLIC[name] if field.endswith("_g")} == set()


def test_a_field_that_no_table_knows_is_not_answered_at_all():
    with pytest.raises(KeyError):
        cut(visibility.LOT, {"id": 1, "price": 2}, set(Role))


@pytest.mark.parametrize(
    ("granted", "expected"),
    [
        (set(), set()),
        ({"farmer", "shop"}, set()),
        ({"farmer", "registrar"}, {Role.REGISTRAR}),
        ({"recall-officer"}, {Role.RECALL_OFFICER}),
        ({"inspector", "farmer"}, {Role.INSPECTOR}),
        ({"producer", "holder", "party", "device", "public"}, set()),
    ],
)
def test_an_office_is_held_by_its_role_on_the_ledger_alone(granted, expected):
    assert offices(Viewer(party="P", roles=frozenset(granted))) == expected
