"""Items without any signature, for tests of what decides about their way."""

from gateway.intake.items import Item
from gateway.intake.settings import IntakeSettings

SETTINGS = IntakeSettings(linger_s=0.0, linger_busy_s=0.0)


def device_key(kid):
    return f"device/{kid}"


def item_id(kid, seq, variant=""):
    return f"{kid}-{seq}{variant}"


def make_item(kid="a", seq=1, *, reads=(), writes=(), variant="", size=100, **members):
    """A command that names these records besides its device's; `variant` tells twins apart."""
    return Item(
        id=item_id(kid, seq, variant),
        kid=kid,
        seq=seq,
        prev=members.pop("prev", item_id(kid, seq - 1)),
        wire=b"x" * size,
        reads=(device_key(kid), *reads),
        writes=(device_key(kid), *writes),
        **members,
    )


def conflict(one, other):
    """Whether one writes what the other reads or writes."""
    return bool(set(one.writes) & other.keys or set(other.writes) & one.keys)
