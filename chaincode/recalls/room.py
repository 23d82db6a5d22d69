"""Room in the record of open recalls, so that nobody's recalls leave none for another's.

Ten thousand roots: every transaction reads them. An entry of few roots takes the room of ten, one
of more crops than roots that of its crops, so that the record stays as small as it sounds.

    2,000   of parties' recalls of their own goods; 200 of each party
    6,000   in equal shares of the organisations that have recall officers; of what one signer named
            alone, half a share, and 200 of each person
    2,000   of safety recalls by two signers, beyond what their organisation's share holds

Besides them 2,000 lots that are cleared, in equal shares of the same organisations.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from chaincode.base.errors import Code
from chaincode.command_types import require
from chaincode.recalls.records import (
    CLEARED_MAX,
    RECALL_OFFICER,
    ROOTS_ALONE_MAX,
    ROOTS_OPEN_MAX,
    SAFETY,
    OpenRecall,
)
from chaincode.registry.records import Head

OWN_MAX: Final = 2_000
OWN_OF_A_PARTY_MAX: Final = 200
SAFETY_MAX: Final = 2_000
SHARED_MAX: Final = 6_000
SHARE_MAX: Final = 2_000
ALONE_OF_A_PERSON_MAX: Final = 200
TAKES_AT_LEAST: Final = 10  # the room of one entry


def taken(entries: Iterable[OpenRecall]) -> int:
    """Return the room that entries take, in roots."""
    return sum(max(TAKES_AT_LEAST, len(one.roots), len(one.crops)) for one in entries)


def share(organisations: int) -> int:
    """Return the room of each organisation that has recall officers, in roots."""
    return min(SHARE_MAX, SHARED_MAX // max(1, organisations))


def alone_of_a_person(organisations: int) -> int:
    """Return the room of one person's unconfirmed entries, in roots.

    Where shares are small it is less, so that a colleague's are taken besides.
    """
    return min(ALONE_OF_A_PERSON_MAX, max(ROOTS_ALONE_MAX, share(organisations) // 4))


def organisations_with_officers(head: Head) -> int:
    """Return how many organisations may have recall officers."""
    return sum(RECALL_OFFICER in one.roles for one in head.organisations)


def left_by_two(entries: Sequence[OpenRecall], *, organisation: str, organisations: int) -> int:
    """Return how many roots a safety recall by two signers may name besides these entries."""
    by, most = _by_organisation(entries), share(organisations)
    own_left = max(0, most - taken(by.get(organisation, ())))
    left = own_left + SAFETY_MAX - _beyond(by, most)
    return max(0, min(left, ROOTS_OPEN_MAX - taken(entries)))


def require_room(
    before: Sequence[OpenRecall], added: OpenRecall, *, organisations: int
) -> tuple[OpenRecall, ...]:
    """Return the entries with one more, or reject it.

    Args:
        before: The entries in force.
        added: The new one.
        organisations: How many may have recall officers.

    Raises:
        RejectionError: `TOO_MANY_UNCONFIRMED`, `TOO_MANY_ROOTS`.
    """
    after = (*before, added)
    if added.own is not None:
        own = [one for one in after if one.own is not None]
        of_party = [one for one in own if one.own == added.own]
        require(taken(of_party) <= OWN_OF_A_PARTY_MAX, Code.TOO_MANY_ROOTS)
        require(taken(own) <= OWN_MAX, Code.TOO_MANY_ROOTS)
    else:
        _require_room_of_organisation(after, added, organisations)
    require(taken(after) <= ROOTS_OPEN_MAX, Code.TOO_MANY_ROOTS)
    return after


def require_room_of_cleared(
    after: Iterable[OpenRecall], *, organisation: str, organisations: int
) -> None:
    """Reject more lots cleared in an organisation's entries than its share (`TOO_MANY_ROOTS`)."""
    theirs = (one for one in after if one.organisation == organisation)
    cleared = sum(len(one.cleared or ()) for one in theirs)
    require(cleared <= CLEARED_MAX // max(1, organisations), Code.TOO_MANY_ROOTS)


def _require_room_of_organisation(
    after: Sequence[OpenRecall], added: OpenRecall, organisations: int
) -> None:
    by = _by_organisation(after)
    theirs, most = by[added.organisation], share(organisations)
    if added.alone is not None:
        alone = [one for one in theirs if one.alone is not None]
        of_person = [one for one in alone if one.alone == added.alone]
        fits = taken(of_person) <= alone_of_a_person(organisations) and taken(alone) <= most // 2
        require(fits, Code.TOO_MANY_UNCONFIRMED)
    bound = [one for one in theirs if one.alone is not None or one.kind != SAFETY]
    require(taken(bound) <= most, Code.TOO_MANY_ROOTS)
    require(_beyond(by, most) <= SAFETY_MAX, Code.TOO_MANY_ROOTS)


def _by_organisation(entries: Iterable[OpenRecall]) -> Mapping[str, list[OpenRecall]]:
    by: dict[str, list[OpenRecall]] = {}
    for one in entries:
        if one.own is None:
            by.setdefault(one.organisation, []).append(one)
    return by


def _beyond(by: Mapping[str, Sequence[OpenRecall]], most: int) -> int:
    """Return what organisations have beyond their shares."""
    return sum(max(0, taken(entries) - most) for entries in by.values())
