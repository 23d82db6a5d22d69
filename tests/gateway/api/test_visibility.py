"""The one table of who sees what: its whole content, once more, and the knife itself."""

import pytest

from gateway.api import visibility
from gateway.api.visibility import Role, cut

# For each table, the fields that anyone but these roles must never get. A change here is a change
# of what Minori promises to farmers and shops.
PRIVATE = {
    "LOT": {
        Role.PRODUCER: {"plot", "harvest_g", "estimated"},
        Role.HOLDER: {"holding"},
        Role.SENDER: {"shipments"},
        Role.RECIPIENT: {"shipments"},
        Role.PARTY: {"entries"},
    },
    "HISTORY": {},
    "HOLDING": {Role.HOLDER: {"lot", "held_g", "sold_g", "discarded_g", "own_use_g"}},
    "SHIPMENT": {
        role: {
            *("id", "lot", "crop", "crop_name", "direction", "state", "entry", "changed_at"),
            *("sender", "sender_name", "recipient", "recipient_name"),
            *("shipped_g", "received_g", "disputed_g", "lost_g"),
        }
        for role in (Role.SENDER, Role.RECIPIENT)
    },
    "COMMAND": {Role.PARTY: {"type", "jws", "payload", "closed", "closed_part"}},
    "PUBLIC_COMMAND": {Role.PARTY: {"closed", "closed_part"}},
    "HEAD": {Role.DEVICE: {"kid", "next", "prev", "revoked"}},
}
PUBLIC = {
    "LOT": {
        *("id", "crop", "crop_name", "district", "district_name", "producer", "producer_name"),
        *("harvested_at", "recorded_at", "corrected_at", "flags", "history"),
    },
    "HISTORY": {
        *("id", "type", "event_time", "ledger_time", "block", "flags", "crop", "district"),
        *("harvested_at", "reason", "corrects", "entered_by", "entered_by_name"),
    },
    "HOLDING": set(),
    "SHIPMENT": set(),
    "COMMAND": {"id", "status", "code", "flags", "block", "ledger_time", "problem"},
    "PUBLIC_COMMAND": {
        *("id", "status", "code", "flags", "block", "ledger_time", "problem"),
        *("type", "jws", "payload"),
    },
    "HEAD": set(),
}
TABLES = {name: getattr(visibility, name) for name in PUBLIC}


def test_every_table_is_listed_here():
    is_table = {
        name
        for name, value in vars(visibility).items()
        if name.isupper() and isinstance(value, dict)
    }
    assert is_table == set(PUBLIC)


@pytest.mark.parametrize("name", sorted(PUBLIC))
@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_what_is_everyones_and_what_is_its_own(name, role):
    record = dict.fromkeys(TABLES[name], 1)
    seen = set(cut(TABLES[name], record, {role}))
    assert seen == PUBLIC[name] | PRIVATE[name].get(role, set())


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_nothing_about_grams_is_everyones(name):
    assert {field for field in PUBLIC[name] if field.endswith("_g")} == set()


def test_a_field_that_no_table_knows_is_not_answered_at_all():
    with pytest.raises(KeyError):
        cut(visibility.LOT, {"id": 1, "price": 2}, set(Role))
