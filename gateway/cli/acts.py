"""What a person did at the command line, remembered until it is done: asked again, sent again.

When a gateway is away, people repeat the command. It must not be signed anew: of two enrolments of
one key, two approvals, two deliveries, the ledger would refuse the second, or believe it. So a
key's file keeps, beside what waits, from what it came; the same again sends what waits.
"""

from collections.abc import Sequence

from chaincode.base import canonical
from chaincode.base.canonical import Json
from gateway.cli import kinds
from gateway.cli.said import WORDS
from gateway.device.keyring import Act, Key, command_id_of
from gateway.words import speaking


def name_of(command: str, *typed: Json) -> str:
    """Return what identifies an act: the command, and what was typed, as far as it matters."""
    return canonical.digest(canonical.encode([command, *typed]))


def waiting(key: Key, act: str, *, has_again: bool = False) -> Act | None:
    """Return an act that was begun before and is not done, and tell the person; else `None`.

    Args:
        key: In hand.
        act: From `name_of`.
        has_again: Whether the command has an option for those who mean another.
    """
    found = key.acts.get(act)
    if found is not None:
        speaking.say(WORDS["acts.waiting"], is_aside=True)
        if has_again:
            speaking.say(WORDS["acts.again"], is_aside=True)
    return found


def begin(key: Key, act: str, wires: Sequence[bytes], *, result: str = "") -> None:
    """Put an act's commands into the key's queue, durably.

    Args:
        key: In hand.
        act: From `name_of`.
        wires: Signed.
        result: What the person gets once it is done, such as an invitation; then `finish` it.

    Raises:
        KindError: A type is not in force.
    """
    kinds.require(key, wires)
    key.queue += wires
    begun = key.acts.setdefault(act, Act(commands=[]))
    begun.commands += [command_id_of(wire) for wire in wires]
    begun.result = result
    key.save()


def finish(key: Key, act: str) -> None:
    """Forget an act whose result the person has."""
    if key.acts.pop(act, None) is not None:
        key.save()
